import type { CallingService, Responder } from '@cofactor/contracts';
import { jwtVerify, SignJWT } from 'jose';
import { claimedBy, type Claimed, type TrustedKeys, type VerifyingKey } from './key-ring';
import type { SigningKeys } from './signing-keys';
import { secondsApart } from './token-time';

/**
 * Seconds: how long a token lives, how long one is used again, and how far two clocks may be apart (DESIGN §6.11). What
 * is used again is young enough to arrive alive.
 */
const lifetime = 30;
const usedAgainFor = 15;
const skew = 5;
const type = 'cofactor-service+jwt';

/** Identifies the calling service at each call: a JWS (EdDSA) for one operation of one service. */
export class ServiceTokenSigner {
  private readonly signed = new Map<string, { readonly at: number; readonly token: Promise<string> }>();

  constructor(
    private readonly service: CallingService,
    private readonly keys: SigningKeys,
  ) {}

  /** For a call that leaves now. The token of a moment ago is used again: it says the same. */
  tokenFor(audience: Responder, operation: string, now: Date): Promise<string> {
    const at = Math.floor(now.getTime() / 1000);
    const purpose = `${audience} ${operation}`;
    const held = this.signed.get(purpose);
    if (held && at >= held.at && at < held.at + usedAgainFor) return held.token;
    const token = this.sign(audience, operation, at);
    this.signed.set(purpose, { at, token });
    return token;
  }

  private async sign(audience: Responder, operation: string, at: number): Promise<string> {
    const { keyId, key } = await this.keys.current();
    return new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA', kid: keyId, typ: type })
      .setIssuer(this.service)
      .setAudience(audience)
      .setSubject(operation)
      .setIssuedAt(at)
      .setExpirationTime(at + lifetime)
      .sign(key);
  }
}

export type TokenVerdict =
  | { readonly kind: 'accepted'; readonly caller: string }
  /** Right in all but its time: it is old, or the clock of the caller is so many seconds ahead (or, negative, behind). */
  | { readonly kind: 'out-of-time'; readonly caller: string; readonly seconds: number }
  | { readonly kind: 'refused' };

const refused: TokenVerdict = { kind: 'refused' };

/** What a token that was accepted says of itself, and the key that it was checked with. */
interface Accepted {
  readonly claimed: Claimed;
  readonly key: VerifyingKey;
}

/**
 * Tells which service calls. A token may come again within its life: it says who calls, not that something shall be
 * done once. That is the matter of idempotency keys and of the streams (I2), which also hold for an honest caller's
 * repeat; a list of used tokens would be one more thing to lose.
 */
export class ServiceTokenVerifier {
  /**
   * What was accepted in the second at hand, by operation and token. Times in tokens are whole seconds, so that a second
   * check under the same key says the same, and costs what a call costs otherwise.
   */
  private accepted = { at: NaN, tokens: new Map<string, Accepted>() };

  constructor(
    /** The service that is called. */
    private readonly audience: Responder,
    private readonly keys: TrustedKeys,
  ) {}

  async check(token: string, operation: string, now: Date): Promise<TokenVerdict> {
    const accepted = this.acceptedAt(Math.floor(now.getTime() / 1000));
    const purpose = `${operation} ${token}`;
    const before = accepted.get(purpose);
    const claimed = before?.claimed ?? claimedBy(token);
    const key = claimed && (await this.keys.find(claimed));
    if (!key) return refused;
    const caller = claimed.issuer;
    if (before?.key === key) return { kind: 'accepted', caller };
    try {
      // The issuer needs no check here: the key was found by it.
      await jwtVerify(token, key, {
        algorithms: ['EdDSA'],
        typ: type,
        audience: this.audience,
        subject: operation,
        requiredClaims: ['exp'],
        maxTokenAge: lifetime,
        clockTolerance: skew,
        currentDate: now,
      });
      accepted.set(purpose, { claimed, key });
      return { kind: 'accepted', caller };
    } catch (error) {
      const seconds = secondsApart(error, now);
      return seconds === null ? refused : { kind: 'out-of-time', caller, seconds };
    }
  }
  private acceptedAt(second: number): Map<string, Accepted> {
    if (this.accepted.at !== second) this.accepted = { at: second, tokens: new Map() };
    return this.accepted.tokens;
  }
}
