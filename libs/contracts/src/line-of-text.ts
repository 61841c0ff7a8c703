import { z } from 'zod';

/**
 * Nothing that is never shown, or shows others in another order; but for what writing needs: joiners and variants of
 * characters.
 */
const nothingUnseen = /^(?:[\u200c\u200d]|\p{Variation_Selector}|\P{Default_Ignorable_Code_Point})*$/u;
const somethingSeen = /[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * One line of text as people type it, a name above all: NFC, trimmed, without control characters, and without those
 * that are not seen, by which one name could be made to look like another.
 */
export const lineOfText = (maximum: number) =>
  z
    .string()
    .transform((text) => text.normalize('NFC').trim())
    .pipe(
      z
        .string()
        .regex(nothingUnseen, 'This holds a character that cannot be seen, perhaps from copying. Type it by hand.')
        .max(maximum, `Use at most ${maximum} characters.`)
        .regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/, 'Use one line of text without control characters.')
        // Half a surrogate pair is no character: UTF-8 cannot write it, and PostgreSQL refuses it.
        .regex(/^\P{Surrogate}*$/u, 'Use whole characters.')
        .regex(somethingSeen, 'Fill this in.'),
    );
