import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalServerMissing } from './local-server-missing';
import { startRedis, type LocalRedis, type LocalRedisOptions } from './redis';
import { redisProgram } from './redis-program';

const started: LocalRedis[] = [];
const folder = mkdtempSync(join(tmpdir(), 'cofactor-local-redis-'));
afterAll(async () => {
  await Promise.all(started.map((redis) => redis.stop()));
  rmSync(folder, { recursive: true });
});

async function start(differing: Partial<LocalRedisOptions> = {}): Promise<LocalRedis> {
  const redis = await startRedis({ dataFolder: null, port: 0, password: null, ...differing });
  started.push(redis);
  return redis;
}

/** The reply to a command, as it stands on the wire. */
async function ask(url: string, command: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
  try {
    socket.write(`${command}\r\n`);
    return String(await once(socket, 'data'));
  } finally {
    socket.destroy();
  }
}

const isRunning = (processId: number): boolean => {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
};

describe('startRedis', () => {
  it('answers a server that answers, and stops it', async () => {
    const redis = await start();
    expect(await ask(redis.url, 'PING')).toBe('+PONG\r\n');
    await redis.stop();
    expect(isRunning(redis.processId)).toBe(false);
  });

  it('gives it a password where asked to, which no list of processes shows', async () => {
    const redis = await start({ password: 'a-password_1' });
    expect(redis.url).toMatch(/^redis:\/\/:a-password_1@127\.0\.0\.1:\d+$/);
    expect(await ask(redis.url, 'PING')).toMatch(/^-NOAUTH/);
    const listed = spawn('ps', ['-o', 'args=', '-p', String(redis.processId)]);
    const [line] = (await once(listed.stdout, 'data')) as [Buffer];
    expect(String(line)).toContain('redis-server');
    expect(String(line)).not.toContain('a-password_1');
    await expect(start({ password: 'one\nsave 1 1' })).rejects.toThrow(RangeError);
  });

  it('keeps nothing over a restart on the same port, unless it has a folder for it', async () => {
    const dataFolder = join(folder, 'data');
    mkdirSync(dataFolder);
    for (const [options, kept] of [
      [{}, '$-1\r\n'],
      [{ dataFolder }, '$5\r\nhello\r\n'],
    ] as const) {
      const redis = await start(options);
      await ask(redis.url, 'SET greeting hello');
      await redis.restart();
      expect(await ask(redis.url, 'GET greeting')).toBe(kept);
    }
    expect(readdirSync(dataFolder)).not.toEqual([]);
  });

  it('can be killed, and starts again', async () => {
    const redis = await start();
    await redis.kill();
    await expect(ask(redis.url, 'PING')).rejects.toThrow('ECONNREFUSED');
    await redis.restart();
    expect(await ask(redis.url, 'PING')).toBe('+PONG\r\n');
  });

  it('refuses a port that is taken, with what the server said of it', async () => {
    const port = Number(new URL((await start()).url).port);
    await expect(start({ port })).rejects.toThrow('Address already in use');
  });

  it('leaves nothing running when the process that started it is killed', async () => {
    const program = `require('./redis').startRedis({ dataFolder: null, port: 0, password: null })
      .then(({ processId }) => console.log(processId))`;
    const parent = spawn(
      process.execPath,
      ['--conditions=@cofactor/source', '-r', '@swc-node/register', '-e', program],
      { cwd: __dirname, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    expect(isRunning(Number(line))).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'close');
    const deadline = Date.now() + 5_000;
    while (isRunning(Number(line)) && Date.now() < deadline) await new Promise((next) => setImmediate(next));
    expect(isRunning(Number(line))).toBe(false);
  });
});

describe('redisProgram', () => {
  const noPrograms = join(folder, 'no-programs');

  it('says what to install where there is neither Redis nor a way to fetch it', () => {
    const search = () => redisProgram({ PATH: noPrograms, XDG_CACHE_HOME: join(folder, 'empty') });
    expect(search).toThrow(LocalServerMissing);
    expect(search).toThrow('Redis is not on this machine: install redis-server (apt-get could not fetch it).');
    expect(readdirSync(join(folder, 'empty/cofactor'))).toEqual([]);
  });

  it('does not trust a kept program that no longer runs', () => {
    const kept = join(folder, 'stale/cofactor/redis-server');
    mkdirSync(join(kept, 'usr/bin'), { recursive: true });
    writeFileSync(join(kept, 'usr/bin/redis-server'), '#!/bin/false\n', { mode: 0o755 });
    expect(() => redisProgram({ PATH: noPrograms, XDG_CACHE_HOME: join(folder, 'stale') })).toThrow(LocalServerMissing);
    expect(existsSync(kept)).toBe(false);
  });
});
