import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { codeAsMeant } from './code-typing';
import { evidenceOf, type Evidence, type Occasion } from './factor';

/** Of HMAC-SHA-256: 256 bits, so that no number of codes tells anything of the next (RFC 2104 §3). */
const keyBytes = 32;
const digits = 6;

/** What codes that are sent are derived from. */
export const codeKeySchema = z.string().regex(/^[\w-]{43}$/);

export const newCodeKey = (randomBytes: (length: number) => Uint8Array): string =>
  Buffer.from(randomBytes(keyBytes)).toString('base64url');

/**
 * The code of one occasion: six decimal digits (NIST SP 800-63B-4 §3.1.3.2 asks for 20 bits, with the throttle of
 * §3.2.2), the same whenever it is asked for again. Derived, so that it stands nowhere between being sent and typed.
 */
export function codeOf(key: string, { id, purpose }: Occasion): string {
  const digest = createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(JSON.stringify([purpose, id]))
    .digest();
  return String(digest.readUIntBE(0, 6) % 10 ** digits).padStart(digits, '0');
}

/** Evidence that the typed code is that of the occasion: when it was asked for; a later use kills earlier codes. */
export function matchedCode(key: string, typed: string, occasion: Occasion): Evidence | null {
  const [given, right] = [Buffer.from(codeAsMeant(typed)), Buffer.from(codeOf(key, occasion))];
  const matches = given.length === right.length && timingSafeEqual(given, right);
  return matches ? evidenceOf(occasion.askedAt.getTime()) : null;
}
