import { decodeJwt, decodeProtectedHeader, importJWK, type CryptoKey, type JWK } from 'jose';
import type { KeyObject } from 'node:crypto';
import { publicPart } from './signing';

type Key = CryptoKey | KeyObject | Uint8Array;

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

/**
 * The public keys that each service signs with, found by their `kid`. Rotation refuses nobody: the new key is made known
 * to all beside the old one, then signed with, and the old one is dropped once what it signed has expired.
 */
export class KeyRing {
  private constructor(private readonly keys: ReadonlyMap<string, ReadonlyMap<string, Key>>) {}

  /** `keys`: public JWKs by the service that signs with them. Throws for a key without `kid`, or two with the same. */
  static async load(keys: Readonly<Record<string, readonly JWK[]>>): Promise<KeyRing> {
    const loaded = Object.entries(keys).map(async ([service, jwks]) => {
      const entries = await Promise.all(
        jwks.map(async (jwk) => [idOf(service, jwk), await importJWK(publicPart(jwk), 'EdDSA')] as const),
      );
      const byId = new Map(entries);
      if (byId.size < entries.length) throw new Error(`two keys of ${service} have the same kid`);
      return [service, byId] as const;
    });
    return new KeyRing(new Map(await Promise.all(loaded)));
  }

  /** The key of that service with that id, whatever another service calls its own. */
  find({ issuer, keyId }: Claimed): Key | null {
    return this.keys.get(issuer)?.get(keyId) ?? null;
  }
}

function idOf(service: string, { kid }: JWK): string {
  if (kid === undefined) throw new Error(`a key of ${service} has no kid`);
  return kid;
}
