/**
 * A code as it was meant, whatever a person typed: case, spaces and dashes of any script do not count (API.md,
 * "Codes typed by people"), nor do the full-width forms of some keyboards (NFKC).
 */
export function codeAsMeant(typed: string): string {
  return typed
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{Dash_Punctuation}\u2212\u200b-\u200d\u2060]/gu, '');
}
