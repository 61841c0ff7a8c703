import type { components } from './openapi.gen';

export type Problem = components['schemas']['Problem'];
export type ProblemCode = Problem['code'];

/** The server answered, and refused; `retryAfter` is in seconds. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly problem: Problem,
    readonly retryAfter: number | null,
  ) {
    super(problem.title);
  }
}

/** No answer came: the network is down, or the server is. What was asked may or may not have been done. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The code of a refusal, or null for anything else that went wrong. */
export const refusalCode = (error: unknown): ProblemCode | null =>
  error instanceof Refusal ? error.problem.code : null;

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'title' in body;
}

/** Seconds of a Retry-After header (RFC 9110 §10.2.3, the delay form); null without one. */
export function retryAfterOf(headers: Headers): number | null {
  const seconds = Number.parseInt(headers.get('retry-after') ?? '', 10);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

interface Exchange<Reply> {
  readonly data?: Reply;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * The reply of a call. Throws a Refusal where the server said no, and Unreachable where nothing that speaks our
 * language answered (a proxy's error page counts as that).
 */
export async function answered<Reply>(call: Promise<Exchange<Reply>>): Promise<Reply> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw new Unreachable('no answer', { cause });
  });
  if (response.ok) return data as Reply; // undefined only for 204, where Reply is undefined too
  if (isProblem(error)) throw new Refusal(error, retryAfterOf(response.headers));
  throw new Unreachable(`an answer that is no problem document, status ${response.status}`);
}
