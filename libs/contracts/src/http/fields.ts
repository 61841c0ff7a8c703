import { z } from 'zod';

/** An address as people type it, without the spaces around it. */
export const email = z
  .string()
  .transform((text) => text.normalize('NFC').trim())
  .pipe(z.email('Enter an email address such as name@practice.example.').max(254, 'Use at most 254 characters.'));

/** Never trimmed: spaces belong to a password. NFC, so that every keyboard types the same one (R25). */
export const password = z
  .string()
  .min(1, 'Enter a password.')
  .max(1024, 'Use at most 256 characters.')
  .transform((text) => text.normalize('NFC'));

/** What stands in a request as an id; NUL and its like would be refused by PostgreSQL, not by us. */
export const id = z.string().regex(/^[\w-]{1,40}$/, 'Use an id as an earlier reply gave it.');
