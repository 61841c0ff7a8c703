import { RedisConnection, redisScript } from '@cofactor/redis';
import { createLogger } from '@cofactor/service-kit';
import { describeWithRedis, eventually, startTestRedis } from '@cofactor/testkit';
import { describeFloodControl } from './flood-control.contract';
import { redisFloodControl } from './flood-control.redis';

const logger = createLogger('gateway', 'silent');
const tooMany = { code: 'too-many-requests' };
/** Every key with the milliseconds that it has left. */
const keysAndLives = redisScript(`
  local found = {}
  for _, key in ipairs(redis.call('KEYS', KEYS[1])) do
    found[#found + 1] = key
    found[#found + 1] = redis.call('PTTL', key)
  end
  return found
`);

describeWithRedis('flood control of several gateways', () => {
  let server: Awaited<ReturnType<typeof startTestRedis>>;
  const opened: RedisConnection[] = [];
  let prefixes = 0;

  const isReady = (connection: RedisConnection) =>
    eventually(
      () => connection.isReady(),
      (ready) => ready,
      10_000,
    );
  async function connect(prefix = `${++prefixes}:`): Promise<RedisConnection> {
    const connection = RedisConnection.open({ REDIS_URL: server.url, REDIS_PREFIX: prefix }, 'gateway', logger);
    opened.push(connection);
    await isReady(connection);
    return connection;
  }

  beforeAll(async () => {
    server = await startTestRedis();
  });
  afterAll(async () => {
    await Promise.all(opened.map((connection) => connection.close()));
    await server.stop();
  });

  describeFloodControl('Redis', async (limit) => redisFloodControl(limit, await connect()));

  it('counts at all of them together', async () => {
    const prefix = `${++prefixes}:`;
    const [one, other] = [await connect(prefix), await connect(prefix)].map((redis) => redisFloodControl(4, redis));
    const asked = Array.from({ length: 5 }, () => [one, other]).flat();
    const outcomes = await Promise.allSettled(asked.map(async (control) => control?.admit('192.0.2.1')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  });

  it('leaves no address in Redis, and nothing that stays (I4)', async () => {
    const connection = await connect();
    await redisFloodControl(4, connection).admit('192.0.2.77');
    const [key, life, ...others] = (await connection.run(keysAndLives, '*')) as [string, number];
    expect(key).toMatch(/^\d+:gateway:flood:[\w-]{22}$/);
    expect(life).toBeGreaterThan(0);
    expect(life).toBeLessThanOrEqual(10_000);
    expect(others).toEqual([]);
  });

  it('goes on at each by itself while Redis is stopped: the door is neither open nor closed', async () => {
    const connection = await connect();
    const control = redisFloodControl(2, connection);
    await control.admit('192.0.2.1');
    await server.kill();
    for (let requests = 0; requests < 2; requests += 1) await control.admit('192.0.2.1');
    await expect(control.admit('192.0.2.1')).rejects.toMatchObject(tooMany);
    await control.admit('192.0.2.2');
    await server.restart();
    await isReady(connection);
    // Redis counts again: it has forgotten the requests, which memory would still refuse.
    await control.admit('192.0.2.1');
  });

  it('goes on while Redis hangs, and soon without waiting for it', async () => {
    const control = redisFloodControl(50, await connect());
    process.kill(server.processId, 'SIGSTOP');
    try {
      const admissions: number[] = [];
      for (let requests = 0; requests < 20; requests += 1) {
        const began = performance.now();
        await control.admit('192.0.2.1');
        admissions.push(performance.now() - began);
      }
      expect(admissions.filter((milliseconds) => milliseconds > 100).length).toBeLessThanOrEqual(4);
    } finally {
      process.kill(server.processId, 'SIGCONT');
    }
  });
});
