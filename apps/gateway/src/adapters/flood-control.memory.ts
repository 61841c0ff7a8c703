import { DomainError } from '@cofactor/contracts';
import { networkOf } from '@cofactor/service-kit';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Coarse protection of the door, above any honest burst; it forgets on a restart and decides nothing else. */
export interface FloodControl {
  /** Counts one request of an address; throws `too-many-requests` with the seconds to wait. */
  admit(ip: string): Promise<void>;
}

const windowSeconds = 10;

/** An IPv4 address stands for itself; of IPv6, the /64 that its holder can choose addresses from. */
function sourceOf(ip: string): string {
  const network = networkOf(ip);
  return network.endsWith('::/64') ? network : ip;
}

/** `limit`: requests in ten seconds from one source. */
export function memoryFloodControl(limit: number): FloodControl {
  const limiter = new RateLimiterMemory({ points: limit, duration: windowSeconds });
  return {
    async admit(ip) {
      try {
        await limiter.consume(sourceOf(ip));
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        throw new DomainError('too-many-requests', { retryAfter: refused.msBeforeNext / 1000 });
      }
    },
  };
}
