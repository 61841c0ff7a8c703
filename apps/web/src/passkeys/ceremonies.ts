import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';

const reasons = { InvalidStateError: 'known', NotAllowedError: 'cancelled', AbortError: 'cancelled' } as const;
type Reason = (typeof reasons)[keyof typeof reasons] | 'failed';

/** The browser gave no passkey: the person cancelled or it took too long, it has one already, or it cannot. */
export class PasskeyTrouble extends Error {
  override readonly name = 'PasskeyTrouble';
  constructor(
    readonly reason: Reason,
    options: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** Whether this browser knows passkeys at all. */
export const passkeysWork = (): boolean => browserSupportsWebAuthn();

function troubleOf(cause: unknown): PasskeyTrouble {
  const name = cause instanceof Error ? cause.name : '';
  const known = Object.entries(reasons).find(([one]) => one === name);
  return new PasskeyTrouble(known?.[1] ?? 'failed', { cause });
}

/** Makes a passkey by what the server asked for (WebAuthn §5.1.3); what the person stops is a PasskeyTrouble. */
export async function createPasskey(options: unknown): Promise<object> {
  try {
    return await startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON });
  } catch (error) {
    throw troubleOf(error);
  }
}

/** Signs a challenge with a passkey (WebAuthn §5.1.4); what the person stops is a PasskeyTrouble. */
export async function provePasskey(options: unknown): Promise<object> {
  try {
    return await startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON });
  } catch (error) {
    throw troubleOf(error);
  }
}
