import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithRedis, sharedTestRedis, startTestRedis } from './test-redis';

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

describeWithRedis('a Redis for tests', () => {
  const shared = process.env['COFACTOR_TEST_REDIS_URL'];
  afterEach(() => restore('COFACTOR_TEST_REDIS_URL', shared));

  it('is shared where there is one, under prefixes of their own', async () => {
    process.env['COFACTOR_TEST_REDIS_URL'] = 'redis://127.0.0.1:1';
    const [one, other] = [await sharedTestRedis(), await sharedTestRedis()];
    expect([one.url, other.url]).toEqual(['redis://127.0.0.1:1', 'redis://127.0.0.1:1']);
    expect(one.prefix).not.toBe(other.prefix);
    await one.stop();
  });

  it('is started where there is none to share, or where the spec wants to stop it', async () => {
    delete process.env['COFACTOR_TEST_REDIS_URL'];
    const [own, another] = [await startTestRedis(), await sharedTestRedis()];
    expect(own.url).not.toBe(another.url);
    await Promise.all([own.stop(), another.stop()]);
  });
});

describe('describeWithRedis on a machine without Redis', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cofactor-no-redis-'));
  const titles: string[] = [];
  const { PATH, XDG_CACHE_HOME, CI, COFACTOR_TEST_REDIS_URL } = process.env;
  const before = { PATH, XDG_CACHE_HOME, CI, COFACTOR_TEST_REDIS_URL };

  beforeEach(() => {
    delete process.env['COFACTOR_TEST_REDIS_URL'];
    Object.assign(process.env, { PATH: folder, XDG_CACHE_HOME: folder });
    jest.spyOn(describe, 'skip').mockImplementation((title) => titles.push(title as string));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    for (const [name, value] of Object.entries(before)) restore(name, value);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('skips the tests and says why', () => {
    process.env['CI'] = 'false';
    describeWithRedis('pending challenges', () => undefined);
    expect(titles).toEqual([expect.stringMatching(/^pending challenges \(skipped: Redis is not on this machine: /)]);
  });

  it('throws on CI, where a skipped test would never be missed', () => {
    process.env['CI'] = 'true';
    expect(() => describeWithRedis('pending challenges', () => undefined)).toThrow('Redis is not on this machine');
  });
});
