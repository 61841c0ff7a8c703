import { z } from 'zod';
import { occasionKeySchema } from '../occasion-digest';
import { transportsSchema } from './answer';

/** COSE algorithms that are offered, the preferred first: EdDSA, ES256, RS256 (RFC 9053). */
export const offeredAlgorithms = [-8, -7, -257];

const descriptorSchema = z.object({ id: z.string(), transports: transportsSchema });

/** A passkey as it was registered. */
export const passkeySchema = descriptorSchema.extend({
  /** COSE_Key in base64url. */
  publicKey: z.string(),
  algorithm: z.int(),
  /** BE: whether it can be synced to other devices. It never changes (WebAuthn §6.1.3). */
  backupEligible: z.boolean(),
  aaguid: z.string(),
  signCount: z.int(),
});
export type Passkey = z.infer<typeof passkeySchema>;

const always = {
  key: occasionKeySchema,
  /** What authenticators know the person by: their opaque id, nothing personal (WebAuthn §14.6.1). */
  userHandle: z.string(),
  /** Whether the person gave it a name. */
  named: z.boolean(),
};
const startedSchema = z.object({
  ...always,
  state: z.literal('started'),
  /** The login address, by which a passkey manager lists it; dropped with the confirmation. */
  account: z.string(),
  /** What the person holds already: no authenticator is registered twice. */
  excluded: z.array(descriptorSchema),
});
const registeredSchema = z.object({ ...always, state: z.literal('registered'), passkey: passkeySchema });

export const passkeyMaterialSchema = z.discriminatedUnion('state', [startedSchema, registeredSchema]);
export type StartedPasskey = z.infer<typeof startedSchema>;
export type RegisteredPasskey = z.infer<typeof registeredSchema>;
export type PasskeyMaterial = z.infer<typeof passkeyMaterialSchema>;
