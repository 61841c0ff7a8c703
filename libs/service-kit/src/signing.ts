import { DomainError, proofSchema, statementSchema, type Proof, type Statement } from '@cofactor/contracts';
import { jwtVerify, SignJWT } from 'jose';
import type { z } from 'zod';
import { oneClock, type ClockObserver } from './clock-watch';
import { claimedBy, type TrustedKeys } from './key-ring';
import type { SigningKeys } from './signing-keys';
import { secondsApart, showsThatClocksAgree } from './token-time';

/** How long a statement or proof lives, and how far two clocks may be apart (DESIGN §6.1, §6.11). Seconds. */
const lifetime = 60;
const skew = 5;

/** Signs what its service vouches for. */
export class Signer {
  constructor(
    private readonly service: string,
    private readonly keys: SigningKeys,
  ) {}

  statement(statement: Statement, audience: string, now: Date): Promise<string> {
    return this.sign('statement', { ...statement }, audience, now);
  }

  /** `proof.at` is when it was proven: signing the same proof again gives the same text. */
  proof(proof: Proof, audience: string): Promise<string> {
    return this.sign('proof', { ...proof }, audience, new Date(proof.at));
  }

  private async sign(kind: string, claims: Record<string, unknown>, audience: string, issuedAt: Date): Promise<string> {
    const seconds = Math.floor(issuedAt.getTime() / 1000);
    const { keyId, key } = await this.keys.current();
    return new SignJWT({ [kind]: claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: keyId, typ: `cofactor-${kind}+jwt` })
      .setIssuer(this.service)
      .setAudience(audience)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + lifetime)
      .sign(key);
  }
}

/** Who can vouch for what: challenge for a factor in use, factor-enrollment for one just set up. */
const issuerOfPurpose: Readonly<Record<Proof['purpose'], string>> = {
  'second-factor': 'challenge',
  'factor-set-up': 'factor-enrollment',
};

/** Checks what another service vouched for: its key, its audience (this service), its age. */
export class Verifier {
  constructor(
    private readonly audience: string,
    private readonly keys: TrustedKeys,
    private readonly clocks: ClockObserver = oneClock,
  ) {}

  /** Identity's statement for this service; anything else is refused as `statement-refused`. */
  statement(token: string, now: Date): Promise<Statement> {
    return this.check(token, 'statement', 'identity', statementSchema, now);
  }

  /** A proof for this service, signed by the one service that can vouch for its purpose. */
  async proof(token: string, now: Date): Promise<Proof> {
    const issuer = claimedBy(token)?.issuer ?? '';
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
    const claimed = claimedBy(token);
    const key = claimed?.issuer === issuer ? await this.keys.find(claimed) : null;
    if (!key) throw new DomainError('statement-refused');
    const verified = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      audience: this.audience,
      issuer,
      typ: `cofactor-${kind}+jwt`,
      clockTolerance: skew,
      currentDate: now,
      maxTokenAge: lifetime,
    }).catch((error: unknown) => {
      const seconds = secondsApart(error, now);
      // A statement is used within the request that it was made for, a proof may have waited; none is from the future.
      if (seconds !== null && (kind === 'statement' || seconds > 0)) this.clocks.apart(issuer, seconds);
      return null;
    });
    const claims = schema.safeParse(verified?.payload[kind]);
    if (!verified || !claims.success) throw new DomainError('statement-refused');
    if (showsThatClocksAgree(verified.payload, now)) this.clocks.agrees(issuer);
    return claims.data;
  }
}
