import { Agent, request, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';

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
    /** What Node calls it, such as ECONNREFUSED. */
    readonly reason?: string,
  ) {
    super(`a call was not answered: ${fault}`);
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
export async function post(url: URL, sending: Sending): Promise<HttpAnswer> {
  try {
    const response = await responseTo(url, sending);
    return { status: response.statusCode ?? 0, headers: response.headers, body: await textOf(response) };
  } catch (error) {
    if (error instanceof CallFailed) throw error;
    throw new CallFailed(sending.signal.aborted ? 'timed-out' : 'unreached', codeOf(error));
  }
}

function responseTo(url: URL, { agent, headers, body, signal }: Sending): Promise<IncomingMessage> {
  const length = { 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { ...headers, ...length }, signal }, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Throws where the connection ends before the body does, and leaves the loop, which ends the connection, at the limit. */
async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestReply) throw new CallFailed('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
