import { z } from 'zod';
import { codeAnswerSchema, type CodeAnswer } from '../code-answer';
import type { Factor } from '../factor';
import { factorNameSchema } from '../factor-name';
import { newestUseOnly } from '../newest-use';
import { codeKeySchema, codeOf, matchedCode, newCodeKey } from '../sent-code';
import { permittedNumber } from './number-rules';
import { isCountry, maskedNumber } from './phone-number';

const fieldsSchema = z.strictObject({
  number: z.string().min(1, 'Enter the number.').max(40, 'That is too long for a phone number.'),
  /** For a number that is typed as at home. */
  country: z
    .string()
    .refine((country): boolean => isCountry(country), 'Choose a country from the list.')
    .optional(),
  name: factorNameSchema.optional(),
});
const materialSchema = z.object({ number: z.string().regex(/^\+[1-9]\d{6,14}$/), key: codeKeySchema });

export type SmsFields = z.infer<typeof fieldsSchema>;
export type SmsMaterial = z.infer<typeof materialSchema>;

/** NIST SP 800-63B-4 §3.2.9: who uses a restricted authenticator is told of its risk, and of what there is instead. */
const notice =
  'Text messages are less safe than an authenticator app or a passkey: a number can be moved to another phone, and messages can be read on the way. Add another method too, where you can.';

/**
 * A code to a number that the person has typed. Proves that messages to the number can be read, by the telephone network:
 * an out-of-band authenticator, restricted (NIST SP 800-63B-4 §3.1.3.3). Another number is a new binding (R5).
 */
export const sms: Factor<SmsFields, SmsMaterial, CodeAnswer> = {
  type: 'sms',
  origin: 'enrolled',
  /** `sms`: it went to a registered number; `otp`: it is a one-time code (RFC 8176 §2). */
  amr: ['sms', 'otp'],
  fields: fieldsSchema,
  material: materialSchema,
  answer: codeAnswerSchema,
  /** Several numbers count once (PRODUCT BX6); `channelOf` of the policy sees to it. */
  atMost: null,
  triesPerChallenge: 5,

  async start({ fields, held }, effects) {
    const number = await permittedNumber(fields, effects.policies, async () => (await held()).length > 0);
    const material = { number: number.number, key: newCodeKey(effects.randomBytes) };
    return { material, hint: maskedNumber(number), name: fields.name ?? 'Text message', details: { notice } };
  },

  ask({ number, key }, occasion) {
    return Promise.resolve({ send: { to: { kind: 'number', number }, code: codeOf(key, occasion) }, details: {} });
  },

  confirm(material, { code }, occasion) {
    const evidence = matchedCode(material.key, code, occasion);
    return Promise.resolve(evidence === null ? null : { evidence, material });
  },

  verify: ({ key }, { code }, occasion) => Promise.resolve(matchedCode(key, code, occasion)),

  ...newestUseOnly,
  identity: ({ number }) => number,
  identityHeldBy: 'several',
};
