import { DomainError } from '@cofactor/contracts';
import { redisScript, type RedisConnection } from '@cofactor/redis';
import { sourceOf } from '@cofactor/service-kit';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { windowSeconds, type FloodControl } from './flood-control';
import { memoryFloodControl } from './flood-control.memory';

/** Argument: the milliseconds that a window lasts, from its first request on. */
const countRequest = redisScript(`
  local count = redis.call('INCR', KEYS[1])
  if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return { count, redis.call('PTTL', KEYS[1]) }
`);
const counted = z.tuple([z.number().int(), z.number().int()]);

/** An address is personal data: only its hash reaches Redis, for ten seconds. */
const keyOf = (source: string): string =>
  `gateway:flood:${createHash('sha256').update(source).digest('base64url').slice(0, 22)}`;

/**
 * In Redis, so that all replicas count together. While Redis is away each counts alone, in memory: its loss neither
 * opens the door nor closes it. `limit`: requests in ten seconds from one source.
 */
export function redisFloodControl(limit: number, redis: RedisConnection): FloodControl {
  const alone = memoryFloodControl(limit);
  const together = async (ip: string) =>
    counted.parse(await redis.run(countRequest, keyOf(sourceOf(ip)), windowSeconds * 1000));
  return {
    async admit(ip) {
      const answer = await together(ip).catch(() => null);
      if (answer === null) return alone.admit(ip);
      const [count, milliseconds] = answer;
      if (count > limit) throw new DomainError('too-many-requests', { retryAfter: milliseconds / 1000 });
    },
  };
}
