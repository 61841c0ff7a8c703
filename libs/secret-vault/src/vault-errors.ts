import type { VaultKind } from './vault-kind';

/** What was read does not open: it was altered, or belongs to another entry, person or kind. */
export class VaultTampered extends Error {
  override readonly name = 'VaultTampered';
  constructor() {
    super('a sealed value was altered or moved; it cannot be opened');
  }
}

/** The key file of this service does not hold the kind: the service has no business with it. */
export class VaultKindNotHeld extends Error {
  override readonly name = 'VaultKindNotHeld';
  constructor(kind: VaultKind) {
    super(`this service holds no keys for entries of the kind ${kind}`);
  }
}

/** A data key was wrapped under a key that the master key does not have (any more). */
export class WrappingKeyUnknown extends Error {
  override readonly name = 'WrappingKeyUnknown';
  constructor(kind: VaultKind, keyId: string) {
    super(`the wrapping key ${keyId} for ${kind} is unknown here; give this service the current key file`);
  }
}

/** The key file cannot be used; the message says what to do. */
export class KeyFileRefused extends Error {
  override readonly name = 'KeyFileRefused';
}
