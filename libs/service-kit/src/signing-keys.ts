import { importJWK, type CryptoKey, type JWK } from 'jose';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { ConfigurationError } from './configuration';
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

/** The public half of a JWK, for those who verify. */
export const publicPart = ({ d: _private, ...rest }: JWK): JWK => rest;

export interface SigningKey {
  readonly keyId: string;
  readonly key: CryptoKey | KeyObject;
}

interface Loaded {
  readonly current: SigningKey;
  readonly published: readonly JWK[];
}

async function load(jwks: readonly JWK[]): Promise<Loaded> {
  const [first] = jwks;
  if (!first) throw new Error('a service needs a key to sign with');
  for (const { kid, kty, crv, d } of jwks) {
    if (kty !== 'OKP' || crv !== 'Ed25519' || d === undefined) {
      throw new Error('a service signs with an Ed25519 private key');
    }
    if (kid === undefined) throw new Error('a signing key has no kid');
  }
  if (new Set(jwks.map(({ kid }) => kid)).size < jwks.length) throw new Error('two signing keys have the same kid');
  const key = await importJWK(first, 'EdDSA');
  if (key instanceof Uint8Array) throw new Error('a service signs with an Ed25519 private key');
  return { current: { keyId: first.kid ?? '', key }, published: jwks.map(publicPart) };
}

const fileSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

async function readKeys(path: string): Promise<{ readonly keys: readonly JWK[]; readonly revision: string }> {
  const { mode, mtimeMs, size, ino } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o007) !== 0) throw new Error('every account can read it; run chmod 600');
  let json: unknown = null;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    // What JSON.parse says of it could quote a key.
    if (!(error instanceof SyntaxError)) throw error;
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) throw new Error('it is no JSON Web Key Set (RFC 7517 §5)');
  return { keys: parsed.data.keys, revision: `${ino}.${mtimeMs}.${size}` };
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
    return new SigningKeys(await load(jwks), null, () => 0);
  }

  /**
   * Follows a JSON Web Key Set in a file, looked at again every 5 s. A file that cannot be used throws
   * ConfigurationError at the start; later it is logged, and the keys read before go on.
   */
  static async follow(path: string, logger: Logger, milliseconds: () => number): Promise<SigningKeys> {
    try {
      let { keys, revision } = await readKeys(path);
      const again = async (): Promise<Loaded | null> => {
        try {
          const found = await readKeys(path);
          if (found.revision === revision) return null;
          const loaded = await load(found.keys);
          ({ keys, revision } = found);
          logger.info({ keyIds: keys.map(({ kid }) => kid) }, 'the signing keys were changed');
          return loaded;
        } catch (error) {
          logger.error({ reason: reasonOf(error) }, 'the signing keys cannot be read; those read before go on');
          return null;
        }
      };
      return new SigningKeys(await load(keys), again, milliseconds);
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
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'it is not there';
  return error instanceof Error && typeof code !== 'string' ? error.message : `it cannot be read (${String(code)})`;
}
