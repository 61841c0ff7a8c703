import { DomainError } from '@cofactor/contracts';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Coarse protection of the door, above any honest burst; it forgets on a restart and decides nothing else. */
export interface FloodControl {
  /** Counts one request of a source; throws `too-many-requests` with the seconds to wait. */
  admit(source: string): Promise<void>;
}

const windowSeconds = 10;

/** `limit`: requests in ten seconds from one source. */
export function memoryFloodControl(limit: number): FloodControl {
  const limiter = new RateLimiterMemory({ points: limit, duration: windowSeconds });
  return {
    async admit(source) {
      try {
        await limiter.consume(source);
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        throw new DomainError('too-many-requests', { retryAfter: refused.msBeforeNext / 1000 });
      }
    },
  };
}
