import type { VaultKind } from '../vault-kind';

export interface WrappedDataKey {
  /** Of the wrapping key that it was wrapped under. */
  readonly keyId: string;
  readonly wrapped: Buffer;
}

/**
 * Wraps the data keys of people, each kind under keys of its own: a file here, a key management service elsewhere.
 * What was wrapped for one kind and person unwraps for no other. All throw VaultKindNotHeld for a kind that this
 * service has no keys for.
 */
export interface MasterKey {
  /** Always under the key that is current at this moment, even where another process has just changed it. */
  wrap(kind: VaultKind, personId: string, dataKey: Buffer): Promise<WrappedDataKey>;
  /** Throws WrappingKeyUnknown, or VaultTampered. */
  unwrap(kind: VaultKind, personId: string, wrapped: WrappedDataKey): Promise<Buffer>;
  currentKeyId(kind: VaultKind): Promise<string>;
}

/** A master key whose wrapping keys the vault itself can replace (see rotateWrappingKey). */
export interface RotatableMasterKey extends MasterKey {
  /** Every key that can still unwrap, the current one too. */
  wrappingKeyIds(kind: VaultKind): Promise<readonly string[]>;
  /** Makes a new key and makes it current; the others go on unwrapping. */
  addWrappingKey(kind: VaultKind): Promise<void>;
  /** Destroys every key but the current one, and with them whatever is still wrapped under them anywhere. */
  retireWrappingKeys(kind: VaultKind): Promise<void>;
}

/** Hashes that only a holder of the key can compute (HMAC-SHA-256, base64url, 43 characters). */
export interface KeyedHashes {
  /** Of a normalised contact: equal for equal values, and gives nothing away without the key. */
  blindIndex(kind: 'contact', text: string): string;
  /**
   * Of anything that must be recognised but not kept: the body of an idempotent request, an answer, a door. The same
   * text under another purpose is another fingerprint.
   */
  fingerprint(purpose: string, text: string): string;
}
