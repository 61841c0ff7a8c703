import { DomainError } from '@cofactor/contracts';
import type { JWK } from 'jose';
import { CallFailed, publishedJson } from './http-exchange';
import { keysById, type Claimed, type TrustedKeys, type VerifyingKey } from './key-ring';
import type { Logger } from './logging';
import { keySetSchema } from './signing-keys';

/** Milliseconds: how long keys are used without asking again; the same where the publisher could not be asked. */
const fresh = 300_000;
const freshUnasked = 30_000;
/** Milliseconds between two requests for the keys of one service, and for one of them. */
const betweenRequests = 1_000;
const timeout = 1_500;

interface Held {
  readonly keys: ReadonlyMap<string, VerifyingKey>;
  readonly until: number;
}

interface KeyRequest {
  readonly at: number;
  isUnderWay: boolean;
  /** Whether the publisher answered. */
  readonly done: Promise<boolean>;
}

export interface RemoteKeysParts {
  /** Where each service publishes its keys, such as http://identity:3001, by its name. */
  readonly publishers: Readonly<Record<string, string>>;
  /** Milliseconds of a clock that never goes back. */
  readonly milliseconds: () => number;
  readonly logger: Logger;
}

/**
 * The keys that services publish under /.well-known/jwks.json. An id that is not known is asked for at once, at most
 * once a second, so a key that was published before it signs never refuses anyone. A key that was withdrawn is gone
 * within five minutes, unused or not. While a publisher cannot be reached, what it published last goes on; it is asked
 * again every half minute then.
 */
export class RemoteKeys implements TrustedKeys {
  private readonly held = new Map<string, Held>();
  private readonly requests = new Map<string, KeyRequest>();

  constructor(private readonly parts: RemoteKeysParts) {}

  async find({ issuer, keyId }: Claimed): Promise<VerifyingKey | null> {
    if (!Object.hasOwn(this.parts.publishers, issuer)) return null;
    const held = this.held.get(issuer);
    const known = held?.keys.get(keyId);
    if (held && known && this.parts.milliseconds() < held.until) return known;
    const isAnswered = await this.request(issuer);
    const found = this.held.get(issuer)?.keys.get(keyId) ?? null;
    if (!found && !isAnswered) throw new DomainError('unavailable', { retryAfter: 2 });
    return found;
  }

  /**
   * Asks every publisher once, so that a replica which has just started knows the keys before anybody calls it. One that
   * does not answer now is asked when its keys are needed.
   */
  async learn(): Promise<void> {
    const learning = Object.keys(this.parts.publishers).map(async (issuer) => {
      if (!(await this.request(issuer, 'info'))) this.requests.delete(issuer);
    });
    await Promise.all(learning);
  }

  /** One at a time, so that no older answer replaces a newer one. */
  private request(issuer: string, loudness: 'info' | 'warn' = 'warn'): Promise<boolean> {
    const at = this.parts.milliseconds();
    const last = this.requests.get(issuer);
    if (last && (last.isUnderWay || at - last.at < betweenRequests)) return last.done;
    const done = this.fetchKeys(issuer, loudness).finally(() => (request.isUnderWay = false));
    const request: KeyRequest = { at, isUnderWay: true, done };
    this.requests.set(issuer, request);
    return done;
  }

  private async fetchKeys(issuer: string, loudness: 'info' | 'warn'): Promise<boolean> {
    const { publishers, milliseconds, logger } = this.parts;
    try {
      const address = new URL('/.well-known/jwks.json', publishers[issuer]);
      const published = await publishedJson(address, timeout).catch((error: unknown) => {
        if (!(error instanceof CallFailed) || error.fault !== 'unreached') throw error;
        // Once more: a connection that a replica cuts as it ends says nothing of the others.
        return publishedJson(address, timeout);
      });
      const { keys } = keySetSchema.parse(published);
      const byId = await keysById(keys.filter((jwk) => this.isUsable(jwk, issuer)));
      this.held.set(issuer, { keys: byId, until: milliseconds() + fresh });
      return true;
    } catch (error) {
      const held = this.held.get(issuer);
      if (held) this.held.set(issuer, { ...held, until: Math.max(held.until, milliseconds() + freshUnasked) });
      logger[loudness]({ err: error, publisher: issuer }, 'the keys of a service could not be read');
      return false;
    }
  }

  /** RFC 7517 §5: keys of a kind that is not understood are ignored. One whose private half is public is no key. */
  private isUsable({ kty, crv, d }: JWK, issuer: string): boolean {
    if (d !== undefined) this.parts.logger.error({ publisher: issuer }, 'a service publishes a private key');
    return kty === 'OKP' && crv === 'Ed25519' && d === undefined;
  }
}
