import { DomainError, problemBody, problems, type ProblemCode } from '@cofactor/contracts';
import { z } from 'zod';

/** RFC 9457 §4.1. */
export const problemMediaType = 'application/problem+json';

const problemSchema = z.object({
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  retryAfter: z.number().nonnegative().optional(),
});

const isKnown = (code: string): code is ProblemCode => Object.hasOwn(problems, code);

/** A refusal as problem+json between services: seconds to wait travel in the body too, with their fractions. */
export function problemText(refusal: DomainError, requestId: string): string {
  const { retryAfter } = refusal.extras;
  return JSON.stringify({ ...problemBody(refusal, requestId), ...(retryAfter === undefined ? {} : { retryAfter }) });
}

/**
 * The refusal that another service wrote with `problemText`, as it was thrown there; null for what is none. A code of a
 * newer release, which nobody here could act on, becomes `internal`.
 */
export function refusalFrom(problem: unknown): DomainError | null {
  const parsed = problemSchema.safeParse(problem);
  if (!parsed.success) return null;
  const { code, detail, errors, retryAfter } = parsed.data;
  if (!isKnown(code)) return new DomainError('internal');
  return new DomainError(code, {
    ...(detail === problems[code][2] ? {} : { detail }),
    ...(errors ? { errors } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}
