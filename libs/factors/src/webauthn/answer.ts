import { z } from 'zod';

/** WebAuthn §4: the longest credential id. */
const longestCredentialId = 1023;

const base64url = (bytes: number) =>
  z
    .string()
    .max(Math.ceil((bytes * 4) / 3))
    .regex(/^[A-Za-z0-9_-]+$/, 'Send it in base64url without padding.');

const credentialIdSchema = base64url(longestCredentialId);
const credential = { id: credentialIdSchema, rawId: credentialIdSchema, type: z.literal('public-key') };
const clientDataJSON = base64url(4_096);
/** How a browser reaches an authenticator: a hint for next time, never more. */
export const transportsSchema = z.array(z.string().regex(/^[a-z-]{1,20}$/)).max(10);

/** Of `RegistrationResponseJSON` (WebAuthn §5.1) what is read. */
export const attestationSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON,
    attestationObject: base64url(16_384),
    transports: transportsSchema.optional(),
  }),
});
export type Attestation = z.infer<typeof attestationSchema>;

/** Of `AuthenticationResponseJSON` (WebAuthn §5.1) what is read. */
export const assertionSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON,
    authenticatorData: base64url(4_096),
    signature: base64url(2_048),
    userHandle: base64url(64).or(z.literal('')).nullish(),
  }),
});
export type Assertion = z.infer<typeof assertionSchema>;

/** What a browser made: to a set-up an attestation, to a challenge an assertion. */
export const passkeyAnswerSchema = z.union([
  z.strictObject({ attestation: attestationSchema }),
  z.strictObject({ assertion: assertionSchema }),
]);
export type PasskeyAnswer = z.infer<typeof passkeyAnswerSchema>;
