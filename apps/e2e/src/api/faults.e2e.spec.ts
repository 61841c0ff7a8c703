import { eventually } from '@cofactor/testkit';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Installation, topology } from '../installation';
import { Databases } from './databases';
import { expectFactsRecordedOnce } from './facts-and-records';
import { enrolledManager, newEmail, newPractice, password, typePassword } from './practice';
import { emptyLoad, expectSoundAfter, peopleWithCodes, signInAll } from './load';
import { Program } from './program';

let installation: Installation;
let program: Program;

beforeAll(async () => {
  installation = await Installation.start();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

/** A power cut takes the door with what is behind it; of processes that end one after the other it could be the last. */
async function cutPower(): Promise<void> {
  const running = topology === 'services' ? installation.running().services : [];
  for (const { service, processId } of running) {
    if (service === 'gateway' && processId !== null) process.kill(processId, 'SIGKILL');
  }
  await installation.kill9();
}

describe('I1 I2 I3 kill -9 under load', () => {
  it('at any moment: nothing is lost or doubled, no code passes twice, and no process is left after 5 s', async () => {
    const tries = await peopleWithCodes(program, 6);
    const load = emptyLoad();
    for (let round = 0; round < 3; round += 1) {
      const killedAt = load.replies.length + randomInt(2, 18);
      let killed = false;
      const working = signInAll([program], tries, load, () => killed);
      await eventually(
        () => load.replies.length,
        (answered) => answered >= killedAt || tries.length === 0,
        60_000,
      );
      await cutPower();
      killed = true;
      await working;
      if (round === 0) {
        await eventually(
          () => installation.processes(),
          (left) => left.length === 0,
          5_000,
        );
      }
      await installation.start();
    }
    expect(load.replies.filter(({ status }) => status >= 500).map(({ outcome }) => outcome)).toEqual([]);
    await expectSoundAfter(installation, load);
  }, 180_000);
});

describe('I3 PostgreSQL restarted under load', () => {
  const postmaster = (): number =>
    Number(readFileSync(join(installation.home, 'postgresql-18/postmaster.pid'), 'utf8').split('\n')[0]);

  it.each(['SIGINT', 'SIGKILL'] as const)(
    '%s: people get an answer or a sentence, it recovers by itself, nothing is lost or doubled',
    async (signal) => {
      const tries = await peopleWithCodes(program, 5);
      const load = emptyLoad();
      const before = postmaster();
      const working = signInAll([program], tries, load);
      await eventually(
        () => load.replies.length,
        (answered) => answered >= 10,
        60_000,
      );
      process.kill(before, signal);
      await working;
      await eventually(
        () => installation.isReady(),
        (ready) => ready,
        60_000,
      );
      expect(postmaster()).not.toBe(before);
      for (const reply of load.replies.filter(({ status }) => status >= 500)) {
        expect(reply.outcome).toBe('503 unavailable');
        expect(reply.retryAfter).toBeGreaterThan(0);
        expect(reply.text).not.toMatch(/postgres|connection|ECONN| at /i);
      }
      expect(load.passed.length).toBeGreaterThan(0);
      await expectSoundAfter(installation, load);
    },
    180_000,
  );

  it('practices that are being created then exist with a manager who can sign in, or not at all', async () => {
    const emails = Array.from({ length: 40 }, newEmail);
    let answered = 0;
    const creating = emails.map(async (email) => {
      const reply = await program.post('/v1/organisations', newPractice('healthcode', email));
      answered += 1;
      return { email, reply };
    });
    await eventually(
      () => answered,
      (count) => count >= 3,
      60_000,
    );
    process.kill(postmaster(), 'SIGKILL');
    const created = await Promise.all(creating);
    await eventually(
      () => installation.isReady(),
      (ready) => ready,
      60_000,
    );
    for (const { email, reply } of created) {
      expect(['201', '503 unavailable']).toContain(reply.outcome);
      const again = await program.post('/v1/organisations', newPractice('healthcode', email));
      expect([reply.status === 201 ? '409 email-taken' : again.outcome, '409 email-taken']).toContain(again.outcome);
      expect((await program.post('/v1/sign-ins', { email, password })).outcome).toBe('201');
    }
    const databases = await Databases.open(installation);
    await expectFactsRecordedOnce(databases);
    await databases.close();
  }, 120_000);
});

describe('SIGTERM', () => {
  it('answers what is under way, leaves in time and leaves nothing running', async () => {
    const { manager } = await enrolledManager(program);
    // Connections first, so that every request is on its way at once.
    await Promise.all(Array.from({ length: 60 }, () => program.send('GET', '/v1/installation')));
    let answered = 0;
    const under = Array.from({ length: 60 }, () =>
      typePassword(program, manager).finally(() => {
        answered += 1;
      }),
    );
    // By now every request has arrived; most of them wait for their turn to be hashed.
    await eventually(
      () => answered,
      (count) => count >= 10,
      30_000,
    );
    const began = performance.now();
    const stopped = installation.stop();
    expect((await Promise.all(under)).map(({ outcome }) => outcome)).toEqual(Array(60).fill('201'));
    expect(await stopped).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(installation.processes()).toEqual([]);
    await installation.start();
    expect((await typePassword(program, manager)).outcome).toBe('201');
  });
});
