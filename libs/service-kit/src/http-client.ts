import { DomainError, type CallContext, type ClientOf, type Operation, type OperationTable } from '@cofactor/contracts';
import type { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { CircuitBreaker } from './circuit-breaker';
import { CallFailed, post, type HttpAnswer } from './http-exchange';
import type { Logger } from './logging';
import { problemMediaType, refusalFrom } from './problem-on-the-wire';
import type { Clock } from './recording';
import type { ServiceTokenSigner } from './service-tokens';

export interface HttpClientParts {
  /** Where the service answers, such as http://identity:3001. */
  readonly base: string;
  readonly agent: Agent;
  /** Signs as the service that calls. */
  readonly tokens: ServiceTokenSigner;
  readonly clock: Clock;
  /** Milliseconds of a clock that never goes back. */
  readonly milliseconds: () => number;
  /** Milliseconds for a whole call, its repeat included. */
  readonly timeout: number;
  /** From 0 to 1: how much of the longest pause to wait before a repeat, so that callers do not come all at once. */
  readonly jitter: () => number;
  readonly logger: Logger;
}

/** Milliseconds before a call is repeated, at most. */
const longestPause = 100;
/** Seconds after which someone may ask again. */
const retryAfter = 2;

/**
 * A client of one service over HTTP. A refusal of the other side arrives as the DomainError that it threw. Whatever is no
 * readable answer (no connection, no reply in time, a reply that does not fit) is `unavailable` with Retry-After and
 * never passes for one (I3). A connection that fails is tried a second time, where the table says that the call may be.
 */
export function httpClient<Table extends OperationTable>(table: Table, parts: HttpClientParts): ClientOf<Table> {
  const breaker = new CircuitBreaker(parts.milliseconds, saysThatItIsAway);
  const entries = Object.values(table).map((operation) => [
    operation.name,
    (request: unknown, context: CallContext) =>
      breaker
        .run(() => call(operation, request, context, parts))
        .catch((error: unknown) => unavailable(error, operation, context, parts.logger)),
  ]);
  // Object.fromEntries forgets the keys; they are the table's own, and both sides parse.
  return Object.fromEntries(entries) as ClientOf<Table>;
}

const saysThatItIsAway = (error: unknown): boolean =>
  error instanceof CallFailed && (error.fault === 'unreached' || error.fault === 'timed-out');

async function call(operation: Operation, request: unknown, context: CallContext, parts: HttpClientParts) {
  const signal = AbortSignal.timeout(parts.timeout);
  const body = JSON.stringify({ request, context });
  const send = () => sendOnce(operation, body, context, parts, signal);
  try {
    return await send();
  } catch (error) {
    const mayHelp = error instanceof CallFailed && error.fault === 'unreached';
    if (!mayHelp || !mayBeRepeated(operation, context)) throw error;
    // Where the time runs out meanwhile, the second try says so.
    await pause(parts.jitter() * longestPause, undefined, { signal }).catch(() => undefined);
    return send();
  }
}

function mayBeRepeated({ repeat }: Operation, { idempotencyKey }: CallContext): boolean {
  return repeat === 'always' || (repeat === 'with-key' && idempotencyKey !== null);
}

async function sendOnce(
  operation: Operation,
  body: string,
  { requestId, traceparent }: CallContext,
  { base, agent, tokens, clock }: HttpClientParts,
  signal: AbortSignal,
): Promise<unknown> {
  const token = await tokens.tokenFor(operation.responder, operation.name, clock.now());
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'x-request-id': requestId,
    ...(traceparent === null ? {} : { traceparent }),
  };
  const url = new URL(`/operations/${operation.name}`, base);
  return replyIn(await post(url, { agent, headers, body, signal }), operation.reply);
}

/** The reply, or the refusal thrown; CallFailed for everything else. */
function replyIn<Reply extends z.ZodType>(answer: HttpAnswer, reply: Reply): z.output<Reply> {
  const mediaType = answer.headers['content-type']?.split(';')[0];
  if (answer.status === 200 && mediaType === 'application/json') {
    const parsed = reply.safeParse(jsonIn(answer.body));
    if (parsed.success) return parsed.data;
    throw new CallFailed('unreadable');
  }
  // This service was not let in; what it asked for was not even looked at, and says nothing of whoever it asked for.
  if (answer.headers['www-authenticate'] !== undefined) throw new CallFailed('not-let-in');
  const refusal = mediaType === problemMediaType ? refusalFrom(jsonIn(answer.body)) : null;
  if (refusal) throw refusal;
  // Something between the services that speaks HTTP, but could not reach the other side either.
  throw new CallFailed(answer.status >= 502 && answer.status <= 504 ? 'unreached' : 'unreadable');
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a call that failed is to the caller. Nothing of a reply reaches the log (I4). */
function unavailable(
  error: unknown,
  { responder, name }: Operation,
  { requestId }: CallContext,
  logger: Logger,
): never {
  if (!(error instanceof CallFailed)) throw error;
  const { fault, reason } = error;
  const level = fault === 'unreached' || fault === 'timed-out' ? 'warn' : 'error';
  logger[level]({ called: responder, operation: name, requestId, fault, reason }, 'a call was not answered');
  throw new DomainError('unavailable', { retryAfter });
}
