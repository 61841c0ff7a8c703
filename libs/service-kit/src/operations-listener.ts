import { callContextSchema, DomainError, problems, type Operation, type OperationTable } from '@cofactor/contracts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { ClockObserver } from './clock-watch';
import type { Logger } from './logging';
import type { OperationServer } from './operations';
import { problemMediaType, problemText } from './problem-on-the-wire';
import { newId, type Clock } from './recording';
import { readJson } from './request-body';
import type { ServiceTokenVerifier } from './service-tokens';
import { traced, type Tracing } from './tracing';

export interface ListenerParts {
  readonly server: OperationServer;
  readonly tokens: ServiceTokenVerifier;
  readonly clock: Clock;
  readonly clocks: ClockObserver;
  readonly tracing: Tracing;
  readonly logger: Logger;
}

const path = /^\/operations\/([\w-]{1,64})$/;
const bearer = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;
const requestIdShape = /^[\x21-\x7e]{1,128}$/;
const bodySchema = z.object({ request: z.unknown(), context: callContextSchema });

/** The caller may not come in; the header says so, since the same codes also tell of people. RFC 6750 §3. */
class NotLetIn extends Error {
  constructor(
    readonly refusal: DomainError,
    readonly challenge: string,
  ) {
    super(refusal.message);
  }
}

/**
 * Answers `POST /operations/<name>` of one service over Node's http. Nobody comes in without the token of a service that
 * the table names as a caller of that operation. Refusals are problem+json; no stack and no message of a library leaves.
 */
export function operationsListener(table: OperationTable, parts: ListenerParts) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const requestId = requestIdOf(request);
    answer(table, request, parts)
      .then((reply) => send(response, requestId, 200, 'application/json', JSON.stringify(reply)))
      .catch((error: unknown) => refuse(response, requestId, error, parts.logger));
  };
}

/** Seconds after which a service that starts may be asked again. */
const untilReady = 2;

/** Refuses whatever is asked, of everybody alike, since the service is not ready to look at it. */
export function refuseUntilReady(logger: Logger) {
  return (request: IncomingMessage, response: ServerResponse): void =>
    refuse(response, requestIdOf(request), new DomainError('unavailable', { retryAfter: untilReady }), logger);
}

async function answer(table: OperationTable, request: IncomingMessage, parts: ListenerParts): Promise<unknown> {
  const name = path.exec(request.url ?? '')?.[1];
  if (name === undefined) throw new DomainError('not-found');
  const caller = await callerOf(request, name, parts);
  // Names come from outside: `constructor` and its like stand in every object, but in no table.
  const operation = Object.hasOwn(table, name) ? table[name] : undefined;
  if (operation) mayCall(caller, operation, parts.logger);
  if (request.method !== 'POST') throw new DomainError('method-not-allowed');
  const body = bodySchema.safeParse(await readJson(request));
  if (!operation || !body.success) throw new DomainError('malformed-request');
  const { request: asked, context } = body.data;
  const { responder } = operation;
  const step = { name: `${responder}.${name}`, kind: 'server', attributes: { caller } } as const;
  return traced(parts.tracing, { ...step, traceparent: context.traceparent }, (traceparent) =>
    parts.server.dispatch(name, asked, { ...context, traceparent }),
  );
}

/** The service that the token proves. Its time is named in the log where that is what is wrong (DESIGN §6.11). */
async function callerOf(request: IncomingMessage, operation: string, parts: ListenerParts): Promise<string> {
  const token = bearer.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw unknownCaller('Bearer');
  const verdict = await parts.tokens.check(token, operation, parts.clock.now());
  switch (verdict.kind) {
    case 'accepted':
      parts.clocks.agrees(verdict.caller);
      return verdict.caller;
    case 'out-of-time':
      parts.clocks.apart(verdict.caller, verdict.seconds);
      throw unknownCaller('Bearer error="invalid_token"');
    case 'refused':
      parts.logger.warn({ operation }, 'a service token was refused');
      throw unknownCaller('Bearer error="invalid_token"');
  }
}

function unknownCaller(challenge: string): NotLetIn {
  const detail = 'Only services that show who they are may call this.';
  return new NotLetIn(new DomainError('not-signed-in', { detail }), challenge);
}

function mayCall(caller: string, { callers, name }: Operation, logger: Logger): void {
  if (callers.some((one) => one === caller)) return;
  logger.warn({ caller, operation: name }, 'a service called what it may not');
  const refusal = new DomainError('not-allowed', { detail: 'This service may not call this operation.' });
  throw new NotLetIn(refusal, 'Bearer error="insufficient_scope"');
}

function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && requestIdShape.test(given) ? given : newId();
}

function refuse(response: ServerResponse, requestId: string, error: unknown, logger: Logger): void {
  if (error instanceof NotLetIn) response.setHeader('www-authenticate', error.challenge);
  const refusal = error instanceof NotLetIn ? error.refusal : asRefusal(error, requestId, logger);
  const { retryAfter } = refusal.extras;
  if (retryAfter !== undefined) response.setHeader('retry-after', String(Math.max(1, Math.ceil(retryAfter))));
  if (refusal.code === 'method-not-allowed') response.setHeader('allow', 'POST');
  send(response, requestId, problems[refusal.code][0], problemMediaType, problemText(refusal, requestId));
}

function asRefusal(error: unknown, requestId: string, logger: Logger): DomainError {
  if (error instanceof DomainError) return error;
  logger.error({ err: error, requestId }, 'a call failed');
  return new DomainError('internal');
}

/** Node reads and drops what is left of the request, and drops what the caller no longer waits for. */
function send(response: ServerResponse, requestId: string, status: number, mediaType: string, body: string): void {
  response.writeHead(status, {
    'content-type': mediaType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-request-id': requestId,
  });
  response.end(body);
}
