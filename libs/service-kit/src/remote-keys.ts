import { DomainError } from '@cofactor/contracts';
import { z } from 'zod';
import { keysById, type Claimed, type TrustedKeys, type VerifyingKey } from './key-ring';
import type { Logger } from './logging';

/** RFC 7517 §5; members that we do not know are no concern of ours. */
const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(20) });

/** Milliseconds: how long keys are used without asking again, between two requests for the same, and for one. */
const fresh = 300_000;
const betweenRequests = 1_000;
const timeout = 1_500;
/** Bytes; a key set of ours has a few hundred. */
const largest = 64 * 1024;

interface Held {
  readonly keys: ReadonlyMap<string, VerifyingKey>;
  readonly at: number;
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
 * once a second, so a key that was published before it signs never refuses anyone. Keys that were withdrawn are gone
 * within five minutes; while a publisher cannot be reached, what it published last goes on.
 */
export class RemoteKeys implements TrustedKeys {
  private readonly held = new Map<string, Held>();
  private readonly requests = new Map<string, { readonly at: number; readonly done: Promise<boolean> }>();

  constructor(private readonly parts: RemoteKeysParts) {}

  async find({ issuer, keyId }: Claimed): Promise<VerifyingKey | null> {
    if (!Object.hasOwn(this.parts.publishers, issuer)) return null;
    const held = this.held.get(issuer);
    const known = held?.keys.get(keyId);
    if (held && known) {
      if (this.parts.milliseconds() - held.at > fresh) void this.request(issuer);
      return known;
    }
    const isAnswered = await this.request(issuer);
    const found = this.held.get(issuer)?.keys.get(keyId) ?? null;
    if (!found && !isAnswered) throw new DomainError('unavailable', { retryAfter: 2 });
    return found;
  }

  /** Whether the publisher answered: now, or within the last second. */
  private request(issuer: string): Promise<boolean> {
    const at = this.parts.milliseconds();
    const last = this.requests.get(issuer);
    if (last && at - last.at < betweenRequests) return last.done;
    const done = this.fetchKeys(issuer);
    this.requests.set(issuer, { at, done });
    return done;
  }

  private async fetchKeys(issuer: string): Promise<boolean> {
    const { publishers, milliseconds, logger } = this.parts;
    try {
      const url = new URL('/.well-known/jwks.json', publishers[issuer]);
      const response = await fetch(url, { signal: AbortSignal.timeout(timeout), redirect: 'error' });
      const text = await response.text();
      if (!response.ok || text.length > largest)
        throw new Error(`status ${response.status}, ${text.length} characters`);
      const { keys } = keySetSchema.parse(JSON.parse(text));
      this.held.set(issuer, { keys: await keysById(keys), at: milliseconds() });
      return true;
    } catch (error) {
      logger.warn({ err: error, publisher: issuer }, 'the keys of a service could not be read');
      return false;
    }
  }
}
