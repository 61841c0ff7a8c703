import { DomainError, proofSchema, statementSchema, type Proof, type Statement } from '@cofactor/contracts';
import { decodeJwt, importJWK, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { z } from 'zod';

/** How long a statement or proof lives, and how far two clocks may be apart (DESIGN §6.1, §6.11). Seconds. */
const lifetime = 60;
const skew = 5;

/** A service's Ed25519 key as a private JWK. */
export const generateSigningKey = (keyId: string): JWK => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { ...(privateKey.export({ format: 'jwk' }) as JWK), kid: keyId, alg: 'EdDSA', use: 'sig' };
};

/** The public half of a JWK, for those who verify. */
export const publicPart = ({ d: _private, ...rest }: JWK): JWK => rest;

export interface SigningKey {
  readonly keyId: string;
  readonly key: CryptoKey | KeyObject;
}

/** The key that a service signs with. Throws for a JWK that is no private key, or has no `kid` to be found by. */
export async function loadSigningKey(service: string, jwk: JWK): Promise<SigningKey> {
  const key = await importJWK(jwk, 'EdDSA');
  if (key instanceof Uint8Array || jwk.d === undefined) throw new Error('a service signs with an Ed25519 private key');
  if (jwk.kid === undefined) throw new Error(`the signing key of ${service} has no kid`);
  return { keyId: jwk.kid, key };
}

/** Signs what its service vouches for. */
export class Signer {
  private constructor(
    private readonly service: string,
    private readonly signingKey: SigningKey,
  ) {}

  static async load(service: string, jwk: JWK): Promise<Signer> {
    return new Signer(service, await loadSigningKey(service, jwk));
  }

  statement(statement: Statement, audience: string, now: Date): Promise<string> {
    return this.sign('statement', { ...statement }, audience, now);
  }

  /** `proof.at` is when it was proven: signing the same proof again gives the same text. */
  proof(proof: Proof, audience: string): Promise<string> {
    return this.sign('proof', { ...proof }, audience, new Date(proof.at));
  }

  private sign(kind: string, claims: Record<string, unknown>, audience: string, issuedAt: Date): Promise<string> {
    const seconds = Math.floor(issuedAt.getTime() / 1000);
    return new SignJWT({ [kind]: claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.signingKey.keyId, typ: `cofactor-${kind}+jwt` })
      .setIssuer(this.service)
      .setAudience(audience)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + lifetime)
      .sign(this.signingKey.key);
  }
}

/** Who can vouch for what: challenge for a factor in use, factor-enrollment for one just set up. */
const issuerOfPurpose: Readonly<Record<Proof['purpose'], string>> = {
  'second-factor': 'challenge',
  'factor-set-up': 'factor-enrollment',
};

const issuerNamedBy = (token: string): string => {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    return '';
  }
};

/** Checks what another service vouched for: its key, its audience (this service), its age. */
export class Verifier {
  private constructor(
    private readonly audience: string,
    private readonly keys: ReadonlyMap<string, CryptoKey | KeyObject | Uint8Array>,
  ) {}

  /** `keys`: public JWKs by the service that signs with them. */
  static async load(audience: string, keys: Readonly<Record<string, JWK>>): Promise<Verifier> {
    const imported = await Promise.all(
      Object.entries(keys).map(async ([service, jwk]) => [service, await importJWK(publicPart(jwk), 'EdDSA')] as const),
    );
    return new Verifier(audience, new Map(imported));
  }

  /** Identity's statement for this service; anything else is refused as `statement-refused`. */
  statement(token: string, now: Date): Promise<Statement> {
    return this.check(token, 'statement', 'identity', statementSchema, now);
  }

  /** A proof for this service, signed by the one service that can vouch for its purpose. */
  async proof(token: string, now: Date): Promise<Proof> {
    const issuer = issuerNamedBy(token);
    const proof = await this.check(token, 'proof', issuer, proofSchema, now);
    if (issuerOfPurpose[proof.purpose] !== issuer) throw new DomainError('statement-refused');
    return proof;
  }

  private async check<Schema extends z.ZodType>(
    token: string,
    kind: string,
    issuer: string,
    schema: Schema,
    now: Date,
  ): Promise<z.output<Schema>> {
    const key = this.keys.get(issuer);
    if (!key) throw new DomainError('statement-refused');
    const verified = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      audience: this.audience,
      issuer,
      typ: `cofactor-${kind}+jwt`,
      clockTolerance: skew,
      currentDate: now,
      maxTokenAge: lifetime,
    }).catch(() => null);
    const claims = schema.safeParse(verified?.payload[kind]);
    if (!claims.success) throw new DomainError('statement-refused');
    return claims.data;
  }
}
