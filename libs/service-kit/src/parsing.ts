import { DomainError, type FieldError } from '@cofactor/contracts';
import type { z } from 'zod';

/** RFC 6901 §4: ~ and / of a name are escaped. */
const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function fieldErrorsOf(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerTo(issue.path), detail: issue.message }];
  return issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key]), detail: 'This field is not known.' }));
}

/** The value as the schema makes it, or `invalid-fields` with a JSON pointer into the value for each fault. */
export function parseFields<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DomainError('invalid-fields', { errors: parsed.error.issues.flatMap(fieldErrorsOf) });
}
