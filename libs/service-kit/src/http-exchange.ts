import {
  Agent,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
} from 'node:http';
import { codeOf } from './error-code';

/** Larger than any reply of the operation tables (500 audit records); one that is larger is not read on. */
const largestReply = 2 * 1024 * 1024;
/** Below the 5 s after which Node's server ends an idle connection: a call on a dying one would be lost. */
const idleMilliseconds = 4_000;
/** Calls under way to one service at a time; more of them wait for a connection, within their own timeout. */
const connectionsToEach = 128;

/** Why there is no answer. Only after `unreached` may a new try find what this one did not. */
export type CallFault = 'unreached' | 'timed-out' | 'too-large' | 'unreadable' | 'not-let-in';

/** A call that was not answered; what became of it at the other side is not known. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  constructor(
    readonly fault: CallFault,
    /** What Node calls it, such as ECONNREFUSED, or what is wrong with the answer; nothing of the answer itself (I4). */
    readonly reason?: string,
  ) {
    super(`a call was not answered: ${reason === undefined ? fault : `${fault} (${reason})`}`);
  }
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The connections of one process to all services, kept open between calls. `destroy()` ends them. */
export const keepAliveAgent = (): Agent =>
  new Agent({ keepAlive: true, timeout: idleMilliseconds, maxSockets: connectionsToEach, scheduling: 'lifo' });

interface Sending {
  readonly agent: Agent;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
  /** Ends the call, wherever it is. */
  readonly signal: AbortSignal;
}

/** Sends one POST and reads the whole answer, whatever its status; throws CallFailed where there is none. */
export function post(url: URL, { agent, headers, body, signal }: Sending): Promise<HttpAnswer> {
  const length = { 'content-length': Buffer.byteLength(body) };
  const options = { method: 'POST', agent, headers: { ...headers, ...length } };
  return exchange(url, { options, body, signal, largest: largestReply });
}

/** Bytes. What services publish of themselves (keys, readiness) has a few hundred. */
const largestDocument = 64 * 1024;

/**
 * The JSON that a service publishes at an address, on a connection of its own. Throws CallFailed where it cannot be had
 * in `timeout` milliseconds, at most 64 KiB long and with one of the statuses; no redirect is followed.
 */
export async function publishedJson(url: URL, timeout: number, statuses: readonly number[] = [200]): Promise<unknown> {
  const signal = AbortSignal.timeout(timeout);
  const options = { method: 'GET', agent: false } as const;
  const { status, body } = await exchange(url, { options, body: '', signal, largest: largestDocument });
  if (!statuses.includes(status)) throw new CallFailed('unreadable', `status ${status}`);
  try {
    return JSON.parse(body);
  } catch {
    throw new CallFailed('unreadable', 'no JSON');
  }
}

interface Exchange {
  readonly options: RequestOptions;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly largest: number;
}

async function exchange(url: URL, { options, body, signal, largest }: Exchange): Promise<HttpAnswer> {
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(url, { ...options, signal }, resolve);
      sent.on('error', reject);
      sent.end(body);
    });
    return { status: response.statusCode ?? 0, headers: response.headers, body: await textOf(response, largest) };
  } catch (error) {
    if (error instanceof CallFailed) throw error;
    throw new CallFailed(signal.aborted ? 'timed-out' : 'unreached', codeOf(error));
  }
}

/** Throws where the connection ends before the body does, and leaves the loop, which ends the connection, at the limit. */
async function textOf(response: IncomingMessage, largest: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) throw new CallFailed('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
