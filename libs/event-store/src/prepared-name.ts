import { createHash } from 'node:crypto';

const names = new Map<string, string>();

/**
 * The name under which every connection prepares a text: the same text, the same name; at most 63 bytes. Texts are the
 * code's own, so there are few of them: what comes from outside is a parameter, never a part of one.
 */
export function preparedName(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(text).digest('base64url');
  names.set(text, name);
  return name;
}
