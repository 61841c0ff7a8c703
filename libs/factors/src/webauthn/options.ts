import { userVerification } from '@cofactor/policy';
import type {
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { FactorEffects } from '../factor';
import { offeredAlgorithms, type Passkey, type RegisteredPasskey, type StartedPasskey } from './material';

type Asking = Pick<FactorEffects, 'relyingParty' | 'policies'>;

/** Milliseconds that the browser waits for the person. */
const timeout = 300_000;

const descriptorOf = ({ id, transports }: Pick<Passkey, 'id' | 'transports'>) => ({
  id,
  type: 'public-key' as const,
  // Browsers pass over values that they do not know (WebAuthn §5.8.3).
  transports: transports as AuthenticatorTransport[],
});

/** For `navigator.credentials.create` (WebAuthn §5.4). No attestation is asked for: it would tell makes apart. */
export const creationOptions = (
  { account, userHandle, excluded }: StartedPasskey,
  challenge: string,
  { relyingParty: { id, name }, policies }: Asking,
): PublicKeyCredentialCreationOptionsJSON => ({
  rp: { id, name },
  user: { id: userHandle, name: account, displayName: account },
  challenge,
  pubKeyCredParams: offeredAlgorithms.map((alg) => ({ alg, type: 'public-key' })),
  timeout,
  excludeCredentials: excluded.map(descriptorOf),
  authenticatorSelection: { residentKey: 'preferred', userVerification: userVerification(policies) },
  attestation: 'none',
});

/** For `navigator.credentials.get` (WebAuthn §5.5): this one passkey. */
export const requestOptions = (
  { passkey }: RegisteredPasskey,
  challenge: string,
  { relyingParty, policies }: Asking,
): PublicKeyCredentialRequestOptionsJSON => ({
  challenge,
  rpId: relyingParty.id,
  timeout,
  allowCredentials: [descriptorOf(passkey)],
  userVerification: userVerification(policies),
});
