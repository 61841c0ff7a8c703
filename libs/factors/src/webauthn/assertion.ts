import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { Assertion } from './answer';
import { expectedOf, unlessRefused, type Ceremony } from './ceremony';
import { isUnframed } from './client-data';
import type { Passkey } from './material';

export interface AssertedUse {
  readonly signCount: number;
  readonly userVerified: boolean;
}

/**
 * The use of a passkey (WebAuthn §7.2), or null where one of its steps refuses it. The counter of signatures (step 22)
 * is read here and judged by whoever knows the uses before.
 */
export const verifiedAssertion = (
  { id, rawId, type, response }: Assertion,
  { passkey, userHandle }: { readonly passkey: Passkey; readonly userHandle: string },
  ceremony: Ceremony,
): Promise<AssertedUse | null> =>
  unlessRefused(async () => {
    const { clientDataJSON, authenticatorData, signature } = response;
    // §7.2 steps 5 and 6: one of the allowed credentials, and of the person who was asked.
    if (id !== passkey.id || (response.userHandle && response.userHandle !== userHandle)) return null;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId,
        type,
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      ...expectedOf(ceremony),
      // 0 lets each counter pass: it is judged where the last one is known.
      credential: { id, publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')), counter: 0 },
    });
    if (!verified || !isUnframed(clientDataJSON)) return null;
    const { newCounter, userVerified, credentialDeviceType } = authenticationInfo;
    const backupEligible = credentialDeviceType === 'multiDevice';
    // §7.2 step 19: BE as it was. That BS comes only with BE (step 18) the library checks.
    if (backupEligible !== passkey.backupEligible) return null;
    return { signCount: newCounter, userVerified };
  });
