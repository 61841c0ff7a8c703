import { decodeJwt, decodeProtectedHeader, importJWK, type CryptoKey, type JWK } from 'jose';
import { publicPart } from './signing-keys';

/** An Ed25519 public key. */
export type VerifyingKey = CryptoKey;

/** What a token says of itself, before anything of it is checked. */
export interface Claimed {
  readonly issuer: string;
  readonly keyId: string;
}

/** The issuer and the key id that a token names, or null. */
export function claimedBy(token: string): Claimed | null {
  try {
    const { iss } = decodeJwt(token);
    const { kid } = decodeProtectedHeader(token);
    return iss !== undefined && kid !== undefined ? { issuer: iss, keyId: kid } : null;
  } catch {
    return null;
  }
}

/** The public keys that each service signs with. */
export interface TrustedKeys {
  /**
   * The key of that service with that id, whatever another service calls its own; null where it has none. Throws
   * `unavailable` where that cannot be learnt now: nothing unverified ever passes (I3).
   */
  find(claimed: Claimed): Promise<VerifyingKey | null>;
}

/** Ed25519 JWKs by their `kid`. Throws for a key without one, two with the same, and any other kind of key. */
export async function keysById(jwks: readonly JWK[]): Promise<ReadonlyMap<string, VerifyingKey>> {
  const entries = await Promise.all(jwks.map(async (jwk) => [idOf(jwk), await verifyingKey(jwk)] as const));
  const byId = new Map(entries);
  if (byId.size < entries.length) throw new Error('two keys have the same kid');
  return byId;
}

/** Keys that are known from the start, of services that share a process. */
export class KeyRing implements TrustedKeys {
  private constructor(private readonly keys: ReadonlyMap<string, ReadonlyMap<string, VerifyingKey>>) {}

  /** `keys`: the JWK, or several, of each service. */
  static async load(keys: Readonly<Record<string, JWK | readonly JWK[]>>): Promise<KeyRing> {
    const loaded = Object.entries(keys).map(
      async ([service, jwks]) => [service, await keysById([jwks].flat())] as const,
    );
    return new KeyRing(new Map(await Promise.all(loaded)));
  }

  async find({ issuer, keyId }: Claimed): Promise<VerifyingKey | null> {
    return this.keys.get(issuer)?.get(keyId) ?? null;
  }
}

async function verifyingKey(jwk: JWK): Promise<VerifyingKey> {
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519') throw new Error('services sign with Ed25519 keys');
  const key = await importJWK(publicPart(jwk));
  if (key instanceof Uint8Array) throw new Error('services sign with Ed25519 keys');
  return key;
}

function idOf({ kid }: JWK): string {
  if (typeof kid !== 'string' || kid === '') throw new Error('a key has no kid');
  return kid;
}
