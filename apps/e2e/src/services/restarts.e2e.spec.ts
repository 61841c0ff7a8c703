import { eventually, startTestKafka, startTestRedis } from '@cofactor/testkit';
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { emptyLoad, expectSoundAfter, peopleWithCodes, signInAll, type Load } from '../api/load';
import { enrolledManager, startSignIn, challenge, offered } from '../api/practice';
import { Program } from '../api/program';
import { Installation } from '../installation';

let kafka: Awaited<ReturnType<typeof startTestKafka>>;
let redis: Awaited<ReturnType<typeof startTestRedis>>;
let installation: Installation;
let program: Program;

beforeAll(async () => {
  [kafka, redis] = await Promise.all([startTestKafka(), startTestRedis()]);
  installation = await Installation.start({ environment: { KAFKA_BROKERS: kafka.brokers, REDIS_URL: redis.url } });
  program = new Program(installation.url);
}, 180_000);
afterAll(async () => {
  await installation.remove();
  await Promise.all([kafka.stop(), redis.stop()]);
});

const ready = () =>
  eventually(
    () => installation.isReady(),
    (isReady) => isReady,
    60_000,
  );

const processOf = (service: string): number => {
  const found = installation.running().services.find((one) => one.service === service);
  if (!found || found.processId === null) throw new Error(`${service} does not run`);
  return found.processId;
};

/** Signs people in while something happens, until all have had their turn. */
async function during(happens: (load: Load) => Promise<void>, people = 3): Promise<Load> {
  const tries = await peopleWithCodes(program, people);
  const load = emptyLoad();
  const working = signInAll([program], tries, load);
  await eventually(
    () => load.replies.length,
    (answered) => answered >= 6,
    60_000,
  );
  await happens(load);
  await working;
  return load;
}

/** People get what they asked for, or a sentence that says when to try again; nothing of the inside. */
function expectSentences(load: Load): void {
  for (const reply of load.replies.filter(({ status }) => status >= 500)) {
    expect(reply.outcome).toBe('503 unavailable');
    expect(reply.retryAfter).toBeGreaterThan(0);
    expect(reply.text).not.toMatch(/postgres|kafka|redis|ECONN|127\.0\.0\.1| at /i);
  }
  expect(load.passed.length).toBeGreaterThan(0);
}

/** One command to the Redis under test. */
async function sendToRedis(command: string): Promise<void> {
  const { port } = new URL(redis.url);
  const socket = new Socket();
  await new Promise<void>((resolve, reject) => {
    socket
      .once('error', reject)
      .once('data', () => resolve())
      .connect(Number(port), '127.0.0.1', () => socket.write(`${command}\r\n`));
  });
  socket.destroy();
}

describe('I3 a part that dies under load', () => {
  it.each(['identity', 'factor-enrollment', 'challenge', 'notification', 'audit', 'gateway'])(
    '%s, killed and started again alone: sentences meanwhile, nothing lost or doubled afterwards',
    async (service) => {
      const before = processOf(service);
      const load = await during(async () => {
        process.kill(before, 'SIGKILL');
      });
      await ready();
      expect(processOf(service)).not.toBe(before);
      expectSentences(load);
      await expectSoundAfter(installation, load);
    },
    180_000,
  );

  it('PostgreSQL, killed and started again', async () => {
    const lock = join(installation.home, 'postgresql-18/postmaster.pid');
    const load = await during(async () => {
      process.kill(Number(readFileSync(lock, 'utf8').split('\n')[0]), 'SIGKILL');
    });
    await ready();
    expectSentences(load);
    await expectSoundAfter(installation, load);
  }, 180_000);

  it('Redis, flushed: who was asked for a code asks for another, and nobody passes without one', async () => {
    const { manager } = await enrolledManager(program);
    const signIn = await startSignIn(program, manager);
    const path = await challenge(program, signIn, offered(signIn, 'totp'));
    const load = await during(() => sendToRedis('FLUSHALL'));
    const { token } = signIn;
    expect((await program.post(path, { code: '000000' }, { token })).outcome).toBe('401 code-expired');
    expectSentences(load);
    await expectSoundAfter(installation, load);
  }, 180_000);

  it('Redis, restarted', async () => {
    const load = await during(() => redis.restart());
    await ready();
    expectSentences(load);
    await expectSoundAfter(installation, load);
  }, 180_000);

  it('Kafka, stopped and started: no sign-in notices, and every fact arrives afterwards', async () => {
    await kafka.kill();
    const load = await during(async () => undefined);
    expect(load.replies.filter(({ status }) => status >= 500)).toEqual([]);
    await kafka.restart();
    await ready();
    await expectSoundAfter(installation, load);
  }, 180_000);
});
