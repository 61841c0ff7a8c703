import { RedisConnection, redisScript } from '@cofactor/redis';
import { createLogger, systemClock } from '@cofactor/service-kit';
import { describeWithRedis, eventually, sharedTestRedis, type SharedTestRedis } from '@cofactor/testkit';
import { expiryOf, type PendingChallenge } from '../domain/pending-challenge';
import { describePendingChallenges } from './pending-challenges.contract';
import { RedisPendingChallenges } from './pending-challenges.redis';

const logger = createLogger('challenge', 'silent');
const now = (): string => systemClock.now().toISOString();
/** The seconds that each key of a pattern has left. */
const lives = redisScript(`
  local seconds = {}
  for _, key in ipairs(redis.call('KEYS', KEYS[1])) do seconds[#seconds + 1] = redis.call('TTL', key) end
  return seconds
`);

describeWithRedis('challenges that wait in Redis', () => {
  let server: SharedTestRedis;
  let redis: RedisConnection;
  let challenges: RedisPendingChallenges;

  async function connect(): Promise<RedisConnection> {
    const settings = { REDIS_URL: server.url, REDIS_PREFIX: server.prefix };
    const connection = RedisConnection.open(settings, 'challenge', logger);
    await eventually(
      () => connection.isReady(),
      (ready) => ready,
    );
    return connection;
  }
  const aChallenge = (challengeId: string, issuedAt = now()): PendingChallenge => ({
    challengeId,
    signInId: 'sign-in',
    personId: 'person',
    credentialId: 'credential',
    type: 'totp',
    hint: 'Authenticator app',
    issuedAt,
    expiresAt: expiryOf(issuedAt),
  });

  beforeAll(async () => {
    server = await sharedTestRedis();
    redis = await connect();
    challenges = new RedisPendingChallenges(redis, systemClock);
  });
  afterAll(async () => {
    await redis.close();
    await server.stop();
  });

  describePendingChallenges('Redis', async () => ({
    challenges,
    now,
    pass: async (seconds) => {
      const then = Date.now() + seconds * 1000;
      await eventually(
        () => Date.now(),
        (reached) => reached >= then,
      );
    },
  }));

  it('have as many places at two replicas together as at one (I2)', async () => {
    const another = await connect();
    const replicas = [challenges, new RedisPendingChallenges(another, systemClock)];
    const asked = Array.from({ length: 40 }, (_, index) => ({
      ...aChallenge(`parallel-${index}`),
      signInId: 'parallel',
    }));
    const taken = await Promise.all(
      asked.map((challenge, index) => (replicas[index % 2] ?? challenges).takePlace(challenge, 5)),
    );
    expect(taken.filter((free) => free === null)).toHaveLength(5);
    await another.close();
  });

  it('leave no key behind that never ends', async () => {
    const challenge = { ...aChallenge('with-a-life'), signInId: 'with-a-life' };
    await challenges.put(challenge, 1200);
    await challenges.takePlace(challenge, 2);
    // The places last as long as the last of them, not as the one that was taken last.
    await challenges.takePlace({ ...challenge, challengeId: 'shorter', expiresAt: now() }, 2);
    const seconds = (await redis.run(lives, '*with-a-life')) as number[];
    expect(seconds.sort((one, other) => one - other)).toEqual([expect.closeTo(600, -1), expect.closeTo(1200, -1)]);
  });

  it('are known where a newer release has added to them', async () => {
    const asked = aChallenge('newer');
    await redis.put('challenge:pending:newer', JSON.stringify({ ...asked, channel: 'app' }), 60);
    expect(await challenges.get('newer')).toEqual(asked);
  });

  it.each([
    ['another challenge', (asked: PendingChallenge) => JSON.stringify({ ...asked, challengeId: 'other' })],
    ['a challenge without its person', ({ personId: _, ...rest }: PendingChallenge) => JSON.stringify(rest)],
    ['a factor type that does not exist', (asked: PendingChallenge) => JSON.stringify({ ...asked, type: 'none' })],
    ['half a challenge', (asked: PendingChallenge) => JSON.stringify(asked).slice(0, 40)],
    ['null', () => 'null'],
    ['nothing', () => ''],
  ])('are unknown where Redis holds %s (I3)', async (_what, written) => {
    const asked = aChallenge('asked');
    await challenges.put(asked, 60);
    expect(await challenges.get('asked')).toEqual(asked);
    await redis.put('challenge:pending:asked', written(asked), 60);
    expect(await challenges.get('asked')).toBeNull();
  });
});
