import { z } from 'zod';

/** Control characters, halves of pairs, line ends; and those that show a text in another order, or not at all. */
const unseen = '\\p{Cc}\\p{Cs}\\u2028\\u2029\\u061c\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060\\u2066-\\u2069\\ufeff';
const oneLine = new RegExp(`^[^${unseen}]*$`, 'u');
const contact = /@|\p{Nd}(?:[\s().\p{Dash_Punctuation}]*\p{Nd}){8}/u;
/** Fours of letters and digits, as keys and recovery codes are shown, or the same without gaps. */
const fours = /(?:[a-z2-9]{4}[\s\p{Dash_Punctuation}]?){4,}/giu;

const looksLikeContact = (name: string): boolean => contact.test(name);
const looksLikeSecret = (name: string): boolean =>
  (name.match(fours) ?? []).some((candidate) => candidate.replace(/\D/g, '').length >= 2);

/**
 * What a person calls a factor. Names stand in events for ever, so what looks like an address, a phone number, a key
 * or a recovery code is refused, in the forms of other keyboards and scripts too (I4).
 */
export const factorNameSchema = z
  .string()
  .transform((text) => text.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(1, 'Fill this in.')
      .max(60, 'Use at most 60 characters.')
      .regex(oneLine, 'Use one line of text without control characters.')
      .refine(
        (name) => !looksLikeContact(name.normalize('NFKC')),
        'Use a name without an email address or phone number.',
      )
      .refine((name) => !looksLikeSecret(name.normalize('NFKC')), 'Use a name without a key or a code.'),
  );
