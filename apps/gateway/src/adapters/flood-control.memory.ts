import { DomainError } from '@cofactor/contracts';
import { sourceOf } from '@cofactor/service-kit';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { windowSeconds, type FloodControl } from './flood-control';

/** In this process alone. `limit`: requests in ten seconds from one source. */
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
