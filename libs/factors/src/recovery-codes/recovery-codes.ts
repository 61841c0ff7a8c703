import { z } from 'zod';
import { codeAnswerSchema, type CodeAnswer } from '../code-answer';
import { codeAsMeant } from '../code-typing';
import { evidenceOf, nothingAsked, type Factor } from '../factor';
import { codeAlphabet, randomCharacters } from './code-alphabet';

const lookupLength = 2;
/** 14 characters of 30 are 68.7 random bits: above the 64 of NIST SP 800-63B-4 §4.2.1, below 112, hence the hash. */
const secretLength = 14;
const codePattern = new RegExp(`^[${codeAlphabet}]{${lookupLength + secretLength}}$`);

const fieldsSchema = z.strictObject({});
const materialSchema = z.array(z.object({ lookup: z.string().length(lookupLength), hash: z.string().min(1) })).min(1);

export type RecoveryCodesFields = z.infer<typeof fieldsSchema>;
export type RecoveryCodesMaterial = z.infer<typeof materialSchema>;

/** In groups of four, as they are shown and printed. */
const shown = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1-');

/** Of the letters that are missing, u alone has a neighbour that it is mistaken for: v. */
const readBack = (typed: string): string => codeAsMeant(typed).replaceAll('u', 'v');

/**
 * A set of look-up secrets (NIST SP 800-63B-4 §3.1.2), each of which works once and none of which expires by time.
 * Two characters look a code up in its set, so that a try costs one hash, and one all the same when nothing is found.
 * The evidence is the index of the code in the set.
 */
export const recoveryCodes: Factor<RecoveryCodesFields, RecoveryCodesMaterial, CodeAnswer> = {
  type: 'recovery-code',
  origin: 'generated',
  amr: ['otp'],
  fields: fieldsSchema,
  material: materialSchema,
  answer: codeAnswerSchema,
  atMost: 1,
  triesPerChallenge: null,

  async start({ count }, effects) {
    const lookups = new Set<string>();
    while (lookups.size < count) lookups.add(randomCharacters(lookupLength, effects.randomBytes));
    const codes: string[] = [];
    const material: RecoveryCodesMaterial = [];
    for (const lookup of lookups) {
      const code = lookup + randomCharacters(secretLength, effects.randomBytes);
      codes.push(shown(code));
      // One after the other: a set must not fill the bounded hashing queue on its own.
      material.push({ lookup, hash: await effects.hash(code) });
    }
    return { material, hint: 'Recovery codes', name: 'Recovery codes', details: { recoveryCodes: codes } };
  },

  ask: () => Promise.resolve(nothingAsked),

  async confirm(material, answer, occasion, effects) {
    const evidence = await recoveryCodes.verify(material, answer, occasion, effects);
    return evidence === null ? null : { evidence, material };
  },

  async verify(material, answer, _occasion, effects) {
    const code = readBack(answer.code);
    const index = codePattern.test(code)
      ? material.findIndex(({ lookup }) => lookup === code.slice(0, lookupLength))
      : -1;
    const matches = await effects.matchesHash(material[index]?.hash ?? effects.dummyHash, code);
    return matches && index >= 0 ? evidenceOf(index) : null;
  },

  isFresh: (history, evidence) => !history.spent.includes(evidence),
  remember: (history, evidence) => ({
    last: Math.max(history.last ?? evidence, evidence),
    spent: history.spent.includes(evidence) ? history.spent : [...history.spent, evidence],
  }),
  identity: () => null,
  identityHeldBy: 'several',
};
