import { RedisConnection, redisScript } from '@cofactor/redis';
import { createLogger } from '@cofactor/service-kit';
import { describeWithRedis, eventually, startTestRedis } from '@cofactor/testkit';
import { RedisPendingChallenges } from './adapters/pending-challenges.redis';
import { startTestChallenge, type Client, type Enrolled, type TestChallenge } from './challenge.fixture';
import { People } from './people.fixture';

const logger = createLogger('challenge', 'silent');
const unavailable = { code: 'unavailable', extras: { retryAfter: expect.any(Number) as number } };
const flush = redisScript(`return redis.call('FLUSHALL')`);
/** Every key with its value, whatever its kind. */
const everything = redisScript(`
  local found = {}
  for _, key in ipairs(redis.call('KEYS', KEYS[1])) do
    found[#found + 1] = key
    if redis.call('TYPE', key).ok == 'zset' then
      for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do found[#found + 1] = member end
    else
      found[#found + 1] = redis.call('GET', key)
    end
  end
  return found
`);

describeWithRedis('challenge with its challenges in Redis', () => {
  let test: TestChallenge;
  let people: People;
  let server: Awaited<ReturnType<typeof startTestRedis>>;
  let redis: RedisConnection;
  let client: Client;
  let other: Client;
  const opened: RedisConnection[] = [];

  async function connect(): Promise<RedisConnection> {
    const connection = RedisConnection.open({ REDIS_URL: server.url, REDIS_PREFIX: 'cofactor:' }, 'challenge', logger);
    opened.push(connection);
    await isReady(connection);
    return connection;
  }
  const isReady = (connection: RedisConnection) =>
    eventually(
      () => connection.isReady(),
      (ready) => ready,
      10_000,
    );
  /** A process of the service with a connection of its own. */
  const replica = async (connection: RedisConnection) =>
    test.replica({ pendingChallenges: new RedisPendingChallenges(connection, test.clock) });
  const wasPassed = async (app: Enrolled) => (await people.reasonsOf(app)).includes('challenge.passed');
  async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
    const began = performance.now();
    await work;
    expect(performance.now() - began).toBeLessThan(milliseconds);
  }

  beforeAll(async () => {
    [test, server] = await Promise.all([startTestChallenge(), startTestRedis()]);
    people = new People(test);
    redis = await connect();
    [client, other] = [await replica(redis), await replica(await connect())];
  });
  afterAll(async () => {
    await test.stop();
    await Promise.all(opened.map((connection) => connection.close()));
    await server.stop();
  });

  it('is answered at another replica than it was asked for at, and passes once (I2, R3)', async () => {
    const app = await test.enrolled('totp');
    const asked = await Promise.all(Array.from({ length: 6 }, () => people.challenged(app, client)));
    const code = people.codeOf(app);
    const answers = asked.map(({ answer }, index) => answer(code, null, index % 2 === 0 ? client : other));
    const outcomes = await Promise.allSettled(answers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'code-already-used' });
    }
  });

  it('fails a sign-in within a second while Redis is stopped, passes none, and recovers by itself (I3)', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await people.challenged(app, client);
    await server.kill();
    await within(1_000, expect(answer(people.codeOf(app))).rejects.toMatchObject(unavailable));
    await within(1_000, expect(people.challenged(app, client)).rejects.toMatchObject(unavailable));
    expect(await wasPassed(app)).toBe(false);
    await server.restart();
    await isReady(redis);
    const again = await people.challenged(app, client);
    await expect(again.answer(people.codeOf(app))).resolves.toBeDefined();
  });

  it('fails a sign-in soon while Redis hangs, passes none, and recovers by itself (I3)', async () => {
    const app = await test.enrolled('totp');
    const { answer } = await people.challenged(app, client);
    process.kill(server.processId, 'SIGSTOP');
    try {
      await within(1_500, expect(answer(people.codeOf(app))).rejects.toMatchObject(unavailable));
      await within(1_500, expect(people.challenged(app, client)).rejects.toMatchObject(unavailable));
      expect(await wasPassed(app)).toBe(false);
    } finally {
      process.kill(server.processId, 'SIGCONT');
    }
    await isReady(redis);
    await expect(answer(people.codeOf(app))).resolves.toBeDefined();
  });

  it('knows no challenge after a flush: the right code passes nothing, and a new challenge does (I3)', async () => {
    const app = await test.enrolled('totp');
    const { answer, signInId } = await people.challenged(app, client);
    await redis.run(flush, '');
    await expect(answer(people.codeOf(app))).rejects.toMatchObject({ code: 'code-expired' });
    expect(await wasPassed(app)).toBe(false);
    expect(await test.unmatchedOf(signInId)).toMatchObject([{ type: 'challenge.refused' }]);
    await expect((await people.challenged(app, client)).answer(people.codeOf(app))).resolves.toBeDefined();
  });

  it('forgets no failed tries after a flush (DESIGN §5, throttles)', async () => {
    const app = await test.enrolled('totp');
    for (let tries = 0; tries < 5; tries += 1) {
      const { answer } = await people.challenged(app, client);
      await expect(answer(people.wrongCodeOf(app))).rejects.toMatchObject({ code: 'code-wrong' });
      await redis.run(flush, '');
    }
    const { answer } = await people.challenged(app, client);
    await expect(answer(people.codeOf(app))).rejects.toMatchObject({ code: 'too-many-attempts' });
  });

  it('leaves no secret in Redis: neither seed nor code nor statement (I4)', async () => {
    const app = await test.enrolled('totp');
    const { answer, statement, challengeId } = await people.challenged(app, client);
    await expect(answer(people.wrongCodeOf(app))).rejects.toMatchObject({ code: 'code-wrong' });
    await answer(people.codeOf(app));
    const written = JSON.stringify(await redis.run(everything, '*'));
    expect(written).toContain(challengeId);
    const secrets = [String(app.details['secret']), people.codeOf(app), people.wrongCodeOf(app), await statement()];
    for (const secret of secrets) expect(written).not.toContain(secret);
  });
});
