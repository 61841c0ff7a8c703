import { createLogger } from '@cofactor/service-kit';
import { describeWithRedis, eventually, sharedTestRedis, startTestRedis } from '@cofactor/testkit';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { RedisConnection } from './redis-connection';
import { redisScript } from './redis-script';
import { redisSettings } from './settings';

const lines: string[] = [];
const logger = createLogger(
  'redis-spec',
  'debug',
  new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) }),
);
const opened: RedisConnection[] = [];
const closings: (() => Promise<void>)[] = [];

beforeEach(() => void lines.splice(0));
afterAll(async () => {
  await Promise.all(opened.map((connection) => connection.close()));
  await Promise.all(closings.map((close) => close()));
});

function open(url: string, prefix = 'cofactor:'): RedisConnection {
  const connection = RedisConnection.open({ REDIS_URL: url, REDIS_PREFIX: prefix }, 'spec', logger);
  opened.push(connection);
  return connection;
}

const becomesReady = (connection: RedisConnection) =>
  eventually(
    () => connection.isReady(),
    (ready) => ready,
    10_000,
  );

/** What a command throws, and after how many milliseconds. */
async function failure(connection: RedisConnection): Promise<{ error: unknown; milliseconds: number }> {
  const began = performance.now();
  const error: unknown = await connection.get('anything').then(
    () => 'an answer',
    (thrown: unknown) => thrown,
  );
  return { error, milliseconds: performance.now() - began };
}

const unavailable = { code: 'unavailable', extras: { retryAfter: 1 } };
const count = redisScript(`return { redis.call('INCRBY', KEYS[1], ARGV[1]), KEYS[1] }`);

describeWithRedis('a connection to Redis', () => {
  async function shared() {
    const redis = await sharedTestRedis();
    closings.push(() => redis.stop());
    const connection = open(redis.url, redis.prefix);
    await becomesReady(connection);
    return { connection, ...redis };
  }
  async function own() {
    const redis = await startTestRedis();
    closings.push(() => redis.stop());
    const connection = open(redis.url);
    await becomesReady(connection);
    return { connection, redis };
  }

  it('keeps a value for as long as it is told to, under its own prefix', async () => {
    const { connection, url } = await shared();
    await connection.put('lasting', 'value', 60);
    await connection.put('short', 'value', 0.02);
    expect(await connection.get('lasting')).toBe('value');
    await eventually(
      () => connection.get('short'),
      (value) => value === null,
    );
    const other = open(url, 'another:');
    await becomesReady(other);
    expect(await other.get('lasting')).toBeNull();
  });

  it('runs scripts, those too that Redis has forgotten or never seen, with the prefix on their key', async () => {
    const { connection, prefix } = await shared();
    expect(await connection.run(count, 'counter', 2)).toEqual([2, `${prefix}counter`]);
    const forget = redisScript(`redis.call('SET', KEYS[1], 'x') return 'unseen'`);
    expect(await connection.run(forget, 'other')).toBe('unseen');
    expect(await connection.run(count, 'counter', 3)).toEqual([5, `${prefix}counter`]);
  });

  it('throws unavailable for what Redis refuses, and logs what it said', async () => {
    const { connection } = await shared();
    await expect(connection.run(redisScript('return nonsense('), 'key')).rejects.toMatchObject(unavailable);
    expect(lines.join('')).toMatch(/Error compiling script/);
  });

  it('answers no command once it is closed, and says nothing of it', async () => {
    const { connection } = await shared();
    await connection.close();
    expect((await failure(connection)).error).toMatchObject(unavailable);
    expect(lines).toEqual([]);
  });

  it('fails at once while Redis is stopped, and works again by itself; one line for each (I3)', async () => {
    const { connection, redis } = await own();
    await redis.kill();
    await eventually(
      () => lines.length,
      (logged) => logged > 0,
    );
    const { error, milliseconds } = await failure(connection);
    expect(error).toMatchObject(unavailable);
    expect(milliseconds).toBeLessThan(100);
    expect(await connection.isReady()).toBe(false);
    await redis.restart();
    await becomesReady(connection);
    expect(await connection.get('anything')).toBeNull();
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['Redis is lost', 'Redis is back']);
  });

  it('does not wait for a Redis that hangs, and gives the connection up after three silences (I3)', async () => {
    const { connection, redis } = await own();
    process.kill(redis.processId, 'SIGSTOP');
    try {
      for (const silence of [1, 2, 3]) {
        const { error, milliseconds } = await failure(connection);
        expect({ silence, error }).toMatchObject({ silence, error: unavailable });
        expect(milliseconds).toBeGreaterThan(400);
        expect(milliseconds).toBeLessThan(1_000);
      }
      expect((await failure(connection)).milliseconds).toBeLessThan(100);
    } finally {
      process.kill(redis.processId, 'SIGCONT');
    }
    await becomesReady(connection);
    expect(await connection.get('anything')).toBeNull();
  });

  it('sends nothing later: what was under way fails with the connection', async () => {
    const { connection, redis } = await own();
    process.kill(redis.processId, 'SIGSTOP');
    const [late, began] = [connection.put('late', 'value', 60), performance.now()];
    await Promise.all([expect(late).rejects.toMatchObject(unavailable), redis.kill()]);
    expect(performance.now() - began).toBeLessThan(400);
    await expect(connection.put('late', 'value', 60)).rejects.toMatchObject(unavailable);
    await redis.restart();
    await becomesReady(connection);
    expect(await connection.get('late')).toBeNull();
  });

  it('finds a Redis that comes after it', async () => {
    const { redis } = await own();
    await redis.stop();
    const connection = open(redis.url);
    expect(await connection.isReady()).toBe(false);
    await redis.restart();
    await becomesReady(connection);
  });
});

describe('the address of Redis', () => {
  /** The first bytes that a connection sends to a server which says nothing. */
  async function firstBytes(scheme: string): Promise<Buffer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connection = open(`${scheme}://:the-password@127.0.0.1:${port}`);
    const [socket] = (await once(server, 'connection')) as [Socket];
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    await connection.close();
    socket.destroy();
    server.close();
    return bytes;
  }

  it('decides whether the line is encrypted: rediss:// sends no password in the clear', async () => {
    expect(String(await firstBytes('redis'))).toContain('the-password');
    const encrypted = await firstBytes('rediss');
    // A handshake record with a ClientHello (RFC 8446 §4, §5.1).
    expect([encrypted[0], encrypted[5]]).toEqual([22, 1]);
    expect(String(encrypted)).not.toContain('the-password');
  });

  it('never reaches the log, nor does its password (I4)', async () => {
    const connection = open('redis://:the-password@127.0.0.1:1');
    await eventually(
      () => lines.length,
      (logged) => logged > 0,
    );
    expect((await failure(connection)).error).toMatchObject(unavailable);
    expect(lines.join('')).toContain('Redis is lost');
    expect(lines.join('')).not.toContain('the-password');
  });

  it.each(['http://redis:6379', 'redis', '', 'redis+sentinel://one:1,two:2/main'])('is not %j', (REDIS_URL) => {
    expect(redisSettings.safeParse({ REDIS_URL }).success).toBe(false);
  });

  it('comes with a prefix for keys, which may be another', () => {
    const REDIS_URL = 'rediss://:password@redis.example:6380/2';
    expect(redisSettings.parse({ REDIS_URL })).toEqual({ REDIS_URL, REDIS_PREFIX: 'cofactor:' });
    expect(redisSettings.safeParse({ REDIS_URL, REDIS_PREFIX: 'with space' }).success).toBe(false);
  });
});
