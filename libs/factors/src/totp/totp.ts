import { ScureBase32Plugin } from 'otplib';
import { verifySync } from 'otplib/functional';
import { z } from 'zod';
import { codeAnswerSchema, type CodeAnswer } from '../code-answer';
import { codeAsMeant } from '../code-typing';
import { evidenceOf, nothingAsked, type Factor } from '../factor';
import { factorNameSchema } from '../factor-name';
import { newestUseOnly } from '../newest-use';
import { keyUri } from './key-uri';

/** RFC 4226 §4 R6: a shared secret of at least 128 bits, 160 recommended. */
const secretBytes = 20;
const digits = 6;
const stepSeconds = 30;
const base32 = new ScureBase32Plugin();

const defaultName = 'Authenticator app';

const fieldsSchema = z.strictObject({ name: factorNameSchema.optional() });
const materialSchema = z.object({ secret: z.string().regex(/^[A-Z2-7]{32,}$/) });

export type TotpFields = z.infer<typeof fieldsSchema>;
export type TotpMaterial = z.infer<typeof materialSchema>;

/**
 * An authenticator app: RFC 6238 with SHA-1, 6 digits, 30 s, accepted one step either side (§5.2, §6).
 * The evidence is the number of the step whose code was typed; a step is accepted once, and none before it (§5.2).
 */
export const totp: Factor<TotpFields, TotpMaterial, CodeAnswer> = {
  type: 'totp',
  origin: 'enrolled',
  amr: ['otp'],
  fields: fieldsSchema,
  material: materialSchema,
  answer: codeAnswerSchema,
  atMost: null,
  triesPerChallenge: null,

  start({ fields, accountLabel }, effects) {
    const secret = base32.encode(effects.randomBytes(secretBytes), { padding: false });
    const name = fields.name ?? defaultName;
    const issuer = effects.relyingParty.name;
    const uri = keyUri({ issuer, accountLabel, secret, digits, stepSeconds });
    return Promise.resolve({ material: { secret }, hint: name, name, details: { secret, uri } });
  },

  ask: () => Promise.resolve(nothingAsked),

  async confirm(material, answer, occasion, effects) {
    const evidence = await totp.verify(material, answer, occasion, effects);
    return evidence === null ? null : { evidence, material };
  },

  verify({ secret }, { code }, _occasion, effects) {
    const token = codeAsMeant(code);
    if (!/^[0-9]{6}$/.test(token)) return Promise.resolve(null);
    const result = verifySync({
      secret: base32.decode(secret),
      token,
      algorithm: 'sha1',
      digits,
      period: stepSeconds,
      epoch: Math.floor(effects.now.getTime() / 1000),
      epochTolerance: stepSeconds,
    });
    return Promise.resolve(result.valid && 'timeStep' in result ? evidenceOf(result.timeStep) : null);
  },

  ...newestUseOnly,
  identity: () => null,
  identityHeldBy: 'several',
};
