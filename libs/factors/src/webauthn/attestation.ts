import { verifyRegistrationResponse } from '@simplewebauthn/server';
import { cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';
import type { Attestation } from './answer';
import { expectedOf, unlessRefused, type Ceremony } from './ceremony';
import { isUnframed } from './client-data';
import { offeredAlgorithms, type Passkey } from './material';

export interface Registration {
  readonly passkey: Passkey;
  readonly userVerified: boolean;
}

/**
 * The passkey of a registration (WebAuthn §7.1), or null where one of its steps refuses it. Whether somebody holds it
 * already (step 26) is asked by whoever keeps it.
 */
export const verifiedRegistration = (answer: Attestation, ceremony: Ceremony): Promise<Registration | null> =>
  unlessRefused(async () => {
    const { id, rawId, type, response } = answer;
    const { clientDataJSON, attestationObject, transports = [] } = response;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { id, rawId, type, clientExtensionResults: {}, response: { clientDataJSON, attestationObject } },
      ...expectedOf(ceremony),
      supportedAlgorithmIDs: offeredAlgorithms,
    });
    if (!verified || !isUnframed(clientDataJSON)) return null;
    const { credential, aaguid, credentialDeviceType, userVerified } = registrationInfo;
    const backupEligible = credentialDeviceType === 'multiDevice';
    // The id that is told, whose length the schema bounds (§7.1 step 25), is the one that was attested.
    if (credential.id !== id) return null;
    const passkey = {
      id,
      transports,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      algorithm: algorithmOf(credential.publicKey),
      backupEligible,
      aaguid,
      signCount: credential.counter,
    };
    return { passkey, userVerified };
  });

function algorithmOf(publicKey: Uint8Array<ArrayBuffer>): number {
  const algorithm = decodeCredentialPublicKey(publicKey).get(cose.COSEKEYS.alg);
  if (typeof algorithm !== 'number') throw new TypeError('a COSE key names its algorithm');
  return algorithm;
}
