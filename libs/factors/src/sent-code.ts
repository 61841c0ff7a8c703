import { timingSafeEqual } from 'node:crypto';
import { codeAsMeant } from './code-typing';
import { evidenceOf, type Evidence, type Occasion } from './factor';
import { digestOf } from './occasion-digest';

export { newOccasionKey as newCodeKey, occasionKeySchema as codeKeySchema } from './occasion-digest';

const digits = 6;

/**
 * The code of one occasion: six decimal digits (NIST SP 800-63B-4 §3.1.3.2 asks for 20 bits, with the throttle of
 * §3.2.2), the same whenever it is asked for again. Derived, so that it stands nowhere between being sent and typed.
 */
export function codeOf(key: string, occasion: Occasion): string {
  return String(digestOf(key, occasion).readUIntBE(0, 6) % 10 ** digits).padStart(digits, '0');
}

/** Evidence that the typed code is that of the occasion: when it was asked for; a later use kills earlier codes. */
export function matchedCode(key: string, typed: string, occasion: Occasion): Evidence | null {
  const [given, right] = [Buffer.from(codeAsMeant(typed)), Buffer.from(codeOf(key, occasion))];
  const matches = given.length === right.length && timingSafeEqual(given, right);
  return matches ? evidenceOf(occasion.askedAt.getTime()) : null;
}
