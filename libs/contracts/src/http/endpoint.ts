import type { z } from 'zod';
import type { ProblemCode } from '../problems';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * Who may call: nobody in particular; nobody in particular, but whoever is signed in is told apart; an unfinished
 * sign-in (or a session); or a session.
 */
export type Caller = 'anyone' | 'anyone-or-session' | 'sign-in' | 'session';

/** One address of the public interface. OpenAPI, the gateway's parsing and the pages' types come from it. */
export interface Endpoint {
  readonly id: string;
  readonly method: HttpMethod;
  /** With `{name}` for parameters, as OpenAPI writes them. */
  readonly path: string;
  readonly summary: string;
  readonly caller: Caller;
  readonly query: z.ZodObject | null;
  readonly body: z.ZodType | null;
  /** The body of a success; null for 204. */
  readonly reply: z.ZodType | null;
  readonly status: 200 | 201 | 204;
  /** Codes of problems beside those that every endpoint can answer. */
  readonly problems: readonly string[];
}

/** Keeps each entry's own type while checking it against Endpoint. */
export const endpoint = <const E extends Omit<Endpoint, 'problems'> & { problems: readonly ProblemCode[] }>(
  entry: E,
): E => entry;
