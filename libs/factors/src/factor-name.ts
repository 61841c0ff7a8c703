import { lineOfText } from '@cofactor/contracts';
import { z } from 'zod';

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
export const factorNameSchema = lineOfText(60).pipe(
  z
    .string()
    .refine((name) => !looksLikeContact(name.normalize('NFKC')), 'Use a name without an email address or phone number.')
    .refine((name) => !looksLikeSecret(name.normalize('NFKC')), 'Use a name without a key or a code.'),
);
