import { z } from 'zod';
import { nothingAsked, type Evidence, type Factor, type Occasion } from '../factor';
import { factorNameSchema } from '../factor-name';
import { newestUseOnly } from '../newest-use';
import { digestOf, newOccasionKey } from '../occasion-digest';
import { passkeyAnswerSchema, type PasskeyAnswer } from './answer';
import { verifiedAssertion } from './assertion';
import { verifiedRegistration } from './attestation';
import { nameOfAuthenticator, passkeyName } from './authenticator-names';
import { ceremonyOf } from './ceremony';
import { passkeyMaterialSchema, type Passkey, type PasskeyMaterial } from './material';
import { creationOptions, requestOptions } from './options';

const fieldsSchema = z.strictObject({ name: factorNameSchema.optional() });
export type PasskeyFields = z.infer<typeof fieldsSchema>;

/** 256 bits (R18 asks for 128), of which nothing is kept: whoever verifies derives it again. */
const challengeOf = (key: string, occasion: Occasion): string => digestOf(key, occasion).toString('base64url');

/**
 * A passkey: WebAuthn Level 3, registered by §7.1 and used by §7.2. What it spends is when its challenge was asked for:
 * with a later one, the earlier ones are over. Its counter of signatures goes with the evidence (R19).
 */
export const webauthn: Factor<PasskeyFields, PasskeyMaterial, PasskeyAnswer> = {
  type: 'webauthn',
  origin: 'enrolled',
  /** RFC 8176: possession of a key was proven, with somebody present. */
  amr: ['pop', 'user'],
  fields: fieldsSchema,
  material: passkeyMaterialSchema,
  answer: passkeyAnswerSchema,
  atMost: null,
  triesPerChallenge: null,

  async start({ fields, accountLabel, personId, held }, effects) {
    const name = fields.name ?? passkeyName;
    const excluded = (await held()).flatMap((one) => (one.state === 'registered' ? [descriptorOf(one.passkey)] : []));
    const material: PasskeyMaterial = {
      state: 'started',
      key: newOccasionKey(effects.randomBytes),
      userHandle: Buffer.from(personId).toString('base64url'),
      named: fields.name !== undefined,
      account: accountLabel,
      excluded,
    };
    return { material, hint: name, name, details: {} };
  },

  ask(material, occasion, effects) {
    const challenge = challengeOf(material.key, occasion);
    if (occasion.purpose === 'set-up' && material.state === 'started') {
      return Promise.resolve({ send: null, details: { publicKey: creationOptions(material, challenge, effects) } });
    }
    if (occasion.purpose === 'sign-in' && material.state === 'registered') {
      return Promise.resolve({ send: null, details: { publicKey: requestOptions(material, challenge, effects) } });
    }
    return Promise.resolve(nothingAsked);
  },

  async confirm({ key, userHandle, named }, answer, occasion, effects) {
    if (!('attestation' in answer)) return null;
    const ceremony = ceremonyOf(challengeOf(key, occasion), effects);
    const registration = await verifiedRegistration(answer.attestation, ceremony);
    if (registration === null) return null;
    const { passkey, userVerified } = registration;
    return {
      evidence: evidenceOf(occasion, passkey, { signCount: passkey.signCount, userVerified }),
      material: { state: 'registered', key, userHandle, named, passkey },
      ...(named ? {} : { name: nameOfAuthenticator(passkey.aaguid) }),
    };
  },

  async verify(material, answer, occasion, effects) {
    if (!('assertion' in answer) || material.state !== 'registered') return null;
    const ceremony = ceremonyOf(challengeOf(material.key, occasion), effects);
    const use = await verifiedAssertion(answer.assertion, material, ceremony);
    return use === null ? null : evidenceOf(occasion, material.passkey, use);
  },

  ...newestUseOnly,
  identity: (material) => (material.state === 'registered' ? material.passkey.id : null),
  identityHeldBy: 'one',
};

const descriptorOf = ({ id, transports }: Passkey) => ({ id, transports });

/** RFC 8176: a key that is synced is no hardware's, and one that verified its user is two factors (R15, R30). */
const evidenceOf = (
  { askedAt }: Occasion,
  { backupEligible, signCount: atFirst }: Passkey,
  { signCount: now, userVerified }: { readonly signCount: number; readonly userVerified: boolean },
): Evidence => ({
  use: askedAt.getTime(),
  signatures: { now, atFirst },
  amr: [backupEligible ? 'swk' : 'hwk', ...(userVerified ? ['mfa'] : [])],
});
