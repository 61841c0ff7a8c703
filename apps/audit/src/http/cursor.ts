import { DomainError } from '@cofactor/contracts';

const prefix = 'leaf ';

/** The opaque place in a list after the record with this leaf index. */
export const cursorAfter = (leafIndex: number): string => Buffer.from(`${prefix}${leafIndex}`).toString('base64url');

/** The leaf index that a cursor names; `invalid-fields` for anything that is not one of ours. */
export function olderThan(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString();
  const leafIndex = text.startsWith(prefix) ? Number(text.slice(prefix.length)) : -1;
  if (!Number.isSafeInteger(leafIndex) || leafIndex < 0 || cursorAfter(leafIndex) !== cursor) {
    const detail = 'Use the value of next from the page before.';
    throw new DomainError('invalid-fields', { errors: [{ pointer: 'after', detail }] });
  }
  return leafIndex;
}
