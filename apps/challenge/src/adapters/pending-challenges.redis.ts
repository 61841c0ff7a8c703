import { factorTypeSchema } from '@cofactor/contracts';
import { redisScript, type RedisConnection } from '@cofactor/redis';
import type { Clock } from '@cofactor/service-kit';
import { z } from 'zod';
import type { PendingChallenge } from '../domain/pending-challenge';
import type { PendingChallenges } from '../domain/ports';

const instant = z.iso.datetime();

/**
 * What stands in Redis may have been written by anyone who can write there, or by another release: what a newer one
 * adds is left aside, so that both can serve at once.
 */
const stored = z.object({
  challengeId: z.string(),
  signInId: z.string(),
  personId: z.string(),
  credentialId: z.string(),
  type: factorTypeSchema,
  hint: z.string(),
  issuedAt: instant,
  expiresAt: instant,
}) satisfies z.ZodType<PendingChallenge>;

/** The open challenges of a sign-in by when each expires. Arguments: now, most, the challenge, when it expires. */
const takePlace = redisScript(`
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
  if not redis.call('ZSCORE', KEYS[1], ARGV[3]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
    return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
  end
  redis.call('ZADD', KEYS[1], ARGV[4], ARGV[3])
  local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
  redis.call('PEXPIRE', KEYS[1], last - ARGV[1])
  return false
`);

const leavePlace = redisScript(`return redis.call('ZREM', KEYS[1], ARGV[1])`);

/** What `takePlace` answers: nothing, or the milliseconds since 1970 at which the next place becomes free. */
const nextFree = z.coerce.number().int().nullable();

const keyOf = (challengeId: string): string => `challenge:pending:${challengeId}`;
const placesOf = (signInId: string): string => `challenge:places:${signInId}`;

/**
 * In Redis, for any number of replicas. A Redis that is lost, hangs or refuses makes every method throw `unavailable`
 * (503); one that was emptied knows no challenge: either may fail a sign-in, neither passes one (I3). A value that is
 * not a challenge, or not the one asked for, is no challenge. Every key ends with what it holds.
 */
export class RedisPendingChallenges implements PendingChallenges {
  constructor(
    private readonly redis: RedisConnection,
    private readonly clock: Clock,
  ) {}

  async put(challenge: PendingChallenge, secondsToLive: number): Promise<void> {
    await this.redis.put(keyOf(challenge.challengeId), JSON.stringify(challenge), secondsToLive);
  }

  async get(challengeId: string): Promise<PendingChallenge | null> {
    const text = await this.redis.get(keyOf(challengeId));
    const challenge = text === null ? null : challengeIn(text);
    return challenge?.challengeId === challengeId ? challenge : null;
  }

  async takePlace({ challengeId, signInId, expiresAt }: PendingChallenge, most: number): Promise<string | null> {
    const [now, until] = [this.clock.now().getTime(), Date.parse(expiresAt)];
    const free = nextFree.parse(await this.redis.run(takePlace, placesOf(signInId), now, most, challengeId, until));
    return free === null ? null : new Date(free).toISOString();
  }

  async leavePlace({ challengeId, signInId }: PendingChallenge): Promise<void> {
    await this.redis.run(leavePlace, placesOf(signInId), challengeId);
  }
}

function challengeIn(text: string): PendingChallenge | null {
  try {
    return stored.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
