import type { JWK } from 'jose';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { ConfigurationError } from './configuration';
import { codeOf } from './error-code';
import type { Logger } from './logging';

/** The key ids of keys that are made at a first start; production mode refuses them. */
const firstStart = 'first-start-';

/** A service's Ed25519 key as a private JWK. */
export const generateSigningKey = (keyId: string): JWK => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { ...(privateKey.export({ format: 'jwk' }) as JWK), kid: keyId, alg: 'EdDSA', use: 'sig' };
};

/** The key that a service signs with when nobody gave it one. */
export const generateFirstSigningKey = (service: string): JWK => generateSigningKey(`${firstStart}${service}`);

/** The public half of an Ed25519 JWK, for those who verify: these members alone, whatever else stands in it. */
export const publicPart = ({ kty, crv, x, kid }: JWK): JWK => ({
  ...(kty === undefined ? {} : { kty }),
  ...(crv === undefined ? {} : { crv }),
  ...(x === undefined ? {} : { x }),
  ...(kid === undefined ? {} : { kid }),
  alg: 'EdDSA',
  use: 'sig',
});

export interface SigningKey {
  readonly keyId: string;
  readonly key: KeyObject;
}

interface Loaded {
  readonly current: SigningKey;
  readonly published: readonly JWK[];
}

/** What is published of a key is derived from its private half, so that both always belong together. */
function loadOne(jwk: JWK): SigningKey & { readonly published: JWK } {
  const { kty, crv, d, kid } = jwk;
  if (typeof kid !== 'string' || kid === '') throw new Error('a signing key has no kid');
  if (kty !== 'OKP' || crv !== 'Ed25519' || d === undefined) throw new Error(notToSignWith);
  try {
    const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    return { keyId: kid, key, published: publicPart({ ...createPublicKey(key).export({ format: 'jwk' }), kid }) };
  } catch {
    // What Node says of it could quote the key.
    throw new Error(notToSignWith);
  }
}

const notToSignWith = 'a service signs with an Ed25519 private key';

function load(jwks: readonly JWK[]): Loaded {
  const loaded = jwks.map(loadOne);
  const [current] = loaded;
  if (!current) throw new Error('a service needs a key to sign with');
  if (new Set(loaded.map(({ keyId }) => keyId)).size < loaded.length) {
    throw new Error('two signing keys have the same kid');
  }
  return { current, published: loaded.map(({ published }) => published) };
}

/** RFC 7517 §5: a JSON Web Key Set. Who follows a service takes no more keys than these. */
export const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(20) });

async function textOf(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { mode } = await handle.stat();
    // A group may: orchestrators mount secrets for one.
    if (process.platform !== 'win32' && (mode & 0o007) !== 0) {
      throw new Error('every account can read it; run chmod 600');
    }
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function keysIn(text: string): readonly JWK[] {
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Falls through: what JSON.parse says of it could quote a key.
  }
  const parsed = keySetSchema.safeParse(json);
  if (!parsed.success) throw new Error('it is no JSON Web Key Set (RFC 7517 §5) of at most 20 keys');
  return parsed.data.keys;
}

/** Milliseconds between two looks at the file. */
const lookEvery = 5_000;

/**
 * The keys that one service signs with: the first signs, all are published. So a key is rotated without a refused
 * token: the new one is added behind, put first once everyone has read it, and the old one goes when what it signed
 * has expired.
 */
export class SigningKeys {
  private lookedAt: number;

  private constructor(
    private loaded: Loaded,
    private readonly again: (() => Promise<Loaded | null>) | null,
    private readonly milliseconds: () => number,
  ) {
    this.lookedAt = milliseconds();
  }

  /** Throws for a key that is no Ed25519 private key, or has no `kid` of its own to be found by. */
  static async of(jwks: readonly JWK[]): Promise<SigningKeys> {
    return new SigningKeys(load(jwks), null, () => 0);
  }

  /**
   * Follows a JSON Web Key Set in a file, looked at again every 5 s. A file that cannot be used throws
   * ConfigurationError at the start; later it is logged, and the keys read before go on.
   */
  static async follow(path: string, logger: Logger, milliseconds: () => number): Promise<SigningKeys> {
    try {
      let text = await textOf(path);
      const again = async (): Promise<Loaded | null> => {
        try {
          const found = await textOf(path);
          if (found === text) return null;
          const loaded = load(keysIn(found));
          text = found;
          logger.info({ keyIds: loaded.published.map(({ kid }) => kid) }, 'the signing keys were changed');
          return loaded;
        } catch (error) {
          logger.error({ reason: reasonOf(error) }, 'the signing keys cannot be read; those read before go on');
          return null;
        }
      };
      return new SigningKeys(load(keysIn(text)), again, milliseconds);
    } catch (error) {
      throw new ConfigurationError(`COFACTOR_SIGNING_KEYS: the file cannot be used: ${reasonOf(error)}.`);
    }
  }

  async current(): Promise<SigningKey> {
    await this.lookAgain();
    return this.loaded.current;
  }

  /** RFC 7517 §5: the public halves, for those who verify. */
  async published(): Promise<readonly JWK[]> {
    await this.lookAgain();
    return this.loaded.published;
  }

  /** Whether one of them was made at a first start, by nobody who keeps it. */
  get areOfFirstStart(): boolean {
    return this.loaded.published.some(({ kid }) => kid?.startsWith(firstStart));
  }

  private async lookAgain(): Promise<void> {
    const now = this.milliseconds();
    if (!this.again || now - this.lookedAt < lookEvery) return;
    this.lookedAt = now;
    this.loaded = (await this.again()) ?? this.loaded;
  }
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'it is not there';
  return code === undefined && error instanceof Error ? error.message : `it cannot be read (${code ?? 'unknown'})`;
}
