import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Occasion } from './factor';

/** Of HMAC-SHA-256: 256 bits, so that no number of digests tells anything of the next (RFC 2104 §3). */
const keyBytes = 32;

/** What an occasion's code or challenge is derived from. */
export const occasionKeySchema = z.string().regex(/^[\w-]{43}$/);

export const newOccasionKey = (randomBytes: (length: number) => Uint8Array): string =>
  Buffer.from(randomBytes(keyBytes)).toString('base64url');

/** 32 bytes that nobody knows without the key; the same for the same occasion, so that they need not be kept. */
export const digestOf = (key: string, { id, purpose }: Pick<Occasion, 'id' | 'purpose'>): Buffer =>
  createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(JSON.stringify([purpose, id]))
    .digest();
