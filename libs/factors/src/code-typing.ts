const isDigit = (codePoint: number): boolean => /^\p{Nd}$/u.test(String.fromCodePoint(codePoint));

/** The value of a decimal digit of any script: each has its ten in a row (Unicode, General_Category Nd). */
function digitOf(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  let value = 0;
  while (isDigit(codePoint - value - 1)) value += 1;
  return String(value % 10);
}

/**
 * A code as it was meant, whatever a person typed: case, spaces and dashes of any script do not count (API.md,
 * "Codes typed by people"), nor do the full-width forms of some keyboards (NFKC) or in which script the digits stand.
 */
export function codeAsMeant(typed: string): string {
  return typed
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{Dash_Punctuation}\u2212\u200b-\u200d\u2060]/gu, '')
    .replace(/[^\p{ASCII}]/gu, (character) => (/\p{Nd}/u.test(character) ? digitOf(character) : character));
}
