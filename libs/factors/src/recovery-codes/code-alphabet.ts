/** 30 lower-case letters and digits of which no two look alike on paper: 0 o 1 l i u are missing. */
export const codeAlphabet = '23456789abcdefghjkmnpqrstvwxyz';

/** Bytes from here on would make the first letters of the alphabet likelier, so they are drawn again. */
const firstBiasedByte = 256 - (256 % codeAlphabet.length);

/** `length` characters of the alphabet, each equally likely (rejection sampling). */
export function randomCharacters(length: number, randomBytes: (length: number) => Uint8Array): string {
  let drawn = '';
  while (drawn.length < length) {
    for (const byte of randomBytes(length - drawn.length)) {
      if (byte < firstBiasedByte) drawn += codeAlphabet.charAt(byte % codeAlphabet.length);
    }
  }
  return drawn;
}
