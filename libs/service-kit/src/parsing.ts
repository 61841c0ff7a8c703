import { DomainError, type FieldError } from '@cofactor/contracts';
import type { z } from 'zod';

/** RFC 6901. */
const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** A sentence for what is wrong with one field; schemas that say it better bring their own. */
function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `Use one of: ${issue.values.map(String).join(', ')}.`;
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid input')) return issue.message;
  if (issue.message.endsWith('received undefined')) return 'This field is missing.';
  return `This must be ${kinds[issue.expected] ?? issue.expected}.`;
}

/** What zod found, as pointers with a sentence each. */
function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), detail: 'There is no such field here.' }))
      : [{ pointer: pointer(issue.path), detail: sentence(issue) }],
  );
}

/** The parsed value, or `invalid-fields` with a pointer and a sentence for each field that is not right. */
export function parseFields<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DomainError('invalid-fields', { errors: fieldErrors(parsed.error) });
}
