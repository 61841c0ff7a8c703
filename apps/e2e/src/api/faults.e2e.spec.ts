import { publicApi } from '@cofactor/contracts';
import { eventually } from '@cofactor/testkit';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../installation';
import { Databases } from './databases';
import { expectFactsRecordedOnce } from './facts-and-records';
import {
  answer,
  challenge,
  enrolledManager,
  newEmail,
  newPractice,
  offered,
  password,
  startSignIn,
  typePassword,
  type Manager,
} from './practice';
import { Program, type Reply } from './program';

let installation: Installation;
let program: Program;

beforeAll(async () => {
  installation = await Installation.start();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

interface Try {
  readonly manager: Manager;
  readonly code: string;
}

interface Load {
  /** What was answered, over all workers. */
  readonly replies: Reply[];
  /** Sign-ins that were answered 200, with the credential and code that passed. */
  readonly passed: { readonly signInId: string; readonly attempt: Try }[];
  /** Codes of which nobody knows whether they passed. */
  readonly unknown: Try[];
}

/** People with recovery codes, each code to be used once. */
async function peopleWithCodes(count: number): Promise<Try[]> {
  const people = await Promise.all(Array.from({ length: count }, () => enrolledManager(program)));
  const codes = Array.from({ length: 10 }, (_, index) => index);
  return codes.flatMap((index) =>
    people.map(({ manager, recoveryCodes }) => ({ manager, code: recoveryCodes[index] ?? '' })),
  );
}

/** Six workers sign in, each with the next code, until none is left or `stopped`. Broken connections are expected. */
async function signInAll(tries: Try[], load: Load, stopped: () => boolean): Promise<void> {
  const worker = async () => {
    while (!stopped()) {
      const attempt = tries.shift();
      if (!attempt) return;
      let answering = false;
      try {
        const begun = await typePassword(program, attempt.manager);
        load.replies.push(begun);
        if (begun.status !== 201) throw new Error(begun.text);
        const { signInId, token = '', next } = begun.as(publicApi.startSignIn);
        const path = await challenge(
          program,
          { signInId, token, next },
          offered({ signInId, token, next }, 'recovery-code'),
        );
        answering = true;
        const reply = await program.post(path, { code: attempt.code }, { token });
        load.replies.push(reply);
        if (reply.status === 200) load.passed.push({ signInId, attempt });
        else load.unknown.push(attempt);
      } catch {
        if (answering) load.unknown.push(attempt);
        else tries.push(attempt);
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}

const emptyLoad = (): Load => ({ replies: [], passed: [], unknown: [] });

/** Nothing lost, nothing doubled, and nobody in who should not be. */
async function expectSoundAfter(load: Load): Promise<void> {
  const databases = await Databases.open(installation);
  try {
    for (const attempt of load.unknown) {
      const again = await answer(program, await startSignIn(program, attempt.manager), 'recovery-code', attempt.code);
      expect(['200', '401 code-already-used']).toContain(again.outcome);
    }
    await expectFactsRecordedOnce(databases);
    const passes = await databases.rows<{ uses: number; signins: string[] }>(
      'challenge',
      `SELECT count(*)::int AS uses, array_agg(data->>'signInId') AS signins FROM events
       WHERE type = 'challenge.passed' GROUP BY stream, data->>'evidence'`,
    );
    expect(passes.filter(({ uses }) => uses !== 1)).toEqual([]);
    const passedSignIns = new Set(passes.flatMap(({ signins }) => signins));
    const completed = await databases.rows<{ id: string; times: number }>(
      'identity',
      `SELECT data->>'signInId' AS id, count(*)::int AS times FROM events
       WHERE type = 'sign-in.completed' AND data->'proof' <> 'null' GROUP BY 1`,
    );
    expect(completed.filter(({ id, times }) => times !== 1 || !passedSignIns.has(id))).toEqual([]);
    const ids = new Set(completed.map(({ id }) => id));
    expect(load.passed.filter(({ signInId }) => !ids.has(signInId))).toEqual([]);
  } finally {
    await databases.close();
  }
}

describe('I1 I2 I3 kill -9 under load', () => {
  it('at any moment: nothing is lost or doubled, no code passes twice, and no process is left after 5 s', async () => {
    const tries = await peopleWithCodes(6);
    const load = emptyLoad();
    for (let round = 0; round < 3; round += 1) {
      const killedAt = load.replies.length + randomInt(2, 18);
      let killed = false;
      const working = signInAll(tries, load, () => killed);
      await eventually(
        () => load.replies.length,
        (answered) => answered >= killedAt || tries.length === 0,
        60_000,
      );
      await installation.kill9();
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
    await expectSoundAfter(load);
  }, 180_000);
});

describe('I3 PostgreSQL restarted under load', () => {
  const postmaster = (): number =>
    Number(readFileSync(join(installation.home, 'postgresql-18/postmaster.pid'), 'utf8').split('\n')[0]);

  it.each(['SIGINT', 'SIGKILL'] as const)(
    '%s: people get an answer or a sentence, it recovers by itself, nothing is lost or doubled',
    async (signal) => {
      const tries = await peopleWithCodes(5);
      const load = emptyLoad();
      const before = postmaster();
      const working = signInAll(tries, load, () => false);
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
        20_000,
      );
      expect(postmaster()).not.toBe(before);
      for (const reply of load.replies.filter(({ status }) => status >= 500)) {
        expect(reply.outcome).toBe('503 unavailable');
        expect(reply.retryAfter).toBeGreaterThan(0);
        expect(reply.text).not.toMatch(/postgres|connection|ECONN| at /i);
      }
      expect(load.passed.length).toBeGreaterThan(0);
      await expectSoundAfter(load);
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
      20_000,
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
