import { createHash } from 'node:crypto';

const names = new Map<string, string>();
/** Far more texts than there are in the code; the map is for those that grow with their conditions. */
const maximum = 2_000;

/** The name under which every connection prepares a text: the same text, the same name; at most 63 bytes. */
export function preparedName(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= maximum) names.clear();
  const name = createHash('sha256').update(text).digest('base64url');
  names.set(text, name);
  return name;
}
