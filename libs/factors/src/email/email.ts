import { z } from 'zod';
import { codeAnswerSchema, type CodeAnswer } from '../code-answer';
import type { Factor } from '../factor';
import { maskedEmail } from '../masking';
import { newestUseOnly } from '../newest-use';
import { codeKeySchema, codeOf, matchedCode, newCodeKey } from '../sent-code';

const fieldsSchema = z.strictObject({});
const materialSchema = z.object({ key: codeKeySchema });

export type EmailFields = z.infer<typeof fieldsSchema>;
export type EmailMaterial = z.infer<typeof materialSchema>;

/**
 * A code to the person's login address, whichever it is when the code is sent: never typed in (PRODUCT HC2). It proves
 * that the mailbox can be read, which is below AAL2 (NIST SP 800-63B-4 §3.1.3.1); the assurance view says so.
 */
export const email: Factor<EmailFields, EmailMaterial, CodeAnswer> = {
  type: 'email',
  origin: 'enrolled',
  amr: ['otp'],
  fields: fieldsSchema,
  material: materialSchema,
  answer: codeAnswerSchema,
  /** There is one login address; a second factor of it would be the same. */
  atMost: 1,
  triesPerChallenge: 5,

  start({ accountLabel }, effects) {
    const hint = maskedEmail(accountLabel);
    const material = { key: newCodeKey(effects.randomBytes) };
    return Promise.resolve({ material, hint, name: 'Email', details: {} });
  },

  ask({ key }, occasion) {
    return Promise.resolve({ send: { to: { kind: 'login-address' }, code: codeOf(key, occasion) }, details: {} });
  },

  confirm(material, { code }, occasion) {
    const evidence = matchedCode(material.key, code, occasion);
    return Promise.resolve(evidence === null ? null : { evidence, material });
  },

  verify: ({ key }, { code }, occasion) => Promise.resolve(matchedCode(key, code, occasion)),

  ...newestUseOnly,
  identity: () => null,
  identityHeldBy: 'several',
};
