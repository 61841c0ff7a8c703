/**
 * A recovery code in groups that the eye can hold, as people copy and type it; case, spaces and dashes do not matter
 * when it is entered (API.md). A code that has groups already keeps them.
 */
export function groupedCode(code: string): string {
  if (/[\s-]/.test(code)) return code;
  const size = code.length % 5 === 0 ? 5 : 4;
  return code.match(new RegExp(`.{1,${size}}`, 'gu'))?.join('-') ?? code;
}

/** A typed key in groups of four, as authenticator apps show it. */
export const groupedKey = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;

/** What people typed as a code, without the spaces and dashes that pasting brings along. */
export const typedDigits = (text: string): string => text.replace(/[\s-]/g, '');

/** Digits as they are typed, in two groups of three (DESIGN §9); anything that is no digits stays as it is. */
export function groupedDigits(typed: string): string {
  const digits = typedDigits(typed);
  return /^\d{4,6}$/.test(digits) ? `${digits.slice(0, 3)} ${digits.slice(3)}` : typed;
}
