import { eventually } from '@cofactor/testkit';
import { randomUUID } from 'node:crypto';
import { Installation } from '../installation';
import { Databases } from './databases';
import {
  answer,
  challenge,
  enrolledManager,
  newEmail,
  offered,
  openPractice,
  readFactors,
  startApp,
  startSignIn,
  typePassword,
  type Manager,
} from './practice';
import { Program, type Reply } from './program';

let installation: Installation;
let program: Program;
let databases: Databases;

beforeAll(async () => {
  installation = await Installation.start();
  program = new Program(installation.url);
  databases = await Databases.open(installation);
});
afterAll(async () => {
  await installation.remove();
  await databases.close();
});

/** Every sign-in with a challenge of its own, so that all answers can be sent at the same moment. */
async function openChallenges(manager: Manager, type: string, count: number) {
  const signIns = await Promise.all(Array.from({ length: count }, () => startSignIn(program, manager)));
  return Promise.all(
    signIns.map(async (started) => ({ started, path: await challenge(program, started, offered(started, type)) })),
  );
}

const tally = (replies: readonly Reply[]): Readonly<Record<string, number>> =>
  replies.reduce<Record<string, number>>(
    (counted, { outcome }) => ({ ...counted, [outcome]: (counted[outcome] ?? 0) + 1 }),
    {},
  );

const factsOf = async (manager: Manager, type: string) =>
  databases.rows(
    type === 'sign-in.completed' ? 'identity' : 'challenge',
    'SELECT FROM events WHERE type = $1 AND envelope->$2->>$3 = $4',
    [type, 'subject', 'id', manager.personId],
  );

describe('I2 R3 one-time things', () => {
  it('one code of the app, answered fifty times at once over fifty sign-ins: one success', async () => {
    const { manager, app } = await enrolledManager(program);
    const challenges = await openChallenges(manager, 'totp', 50);
    const code = await app.freshCode();
    const replies = await Promise.all(
      challenges.map(({ path, started }) => program.post(path, { code }, { token: started.token })),
    );
    expect(tally(replies)).toEqual({ '200': 1, '401 code-already-used': 49 });
    expect(await factsOf(manager, 'challenge.passed')).toHaveLength(1);
    // The first one needed no code: it set the app up.
    expect(await factsOf(manager, 'sign-in.completed')).toHaveLength(2);
  });

  it('one recovery code, answered thirty times at once: one success', async () => {
    const { manager, recoveryCodes, token } = await enrolledManager(program);
    const challenges = await openChallenges(manager, 'recovery-code', 30);
    const [code] = recoveryCodes;
    const replies = await Promise.all(
      challenges.map(({ path, started }) => program.post(path, { code }, { token: started.token })),
    );
    expect(tally(replies)).toEqual({ '200': 1, '401 code-already-used': 29 });
    expect((await readFactors(program, token)).recoveryCodes).toEqual({ remaining: 9 });
    expect(await factsOf(manager, 'challenge.passed')).toHaveLength(1);
  });

  it('one set-up, confirmed ten times at once: one factor, one set of recovery codes', async () => {
    const manager = await openPractice(program);
    const { token } = await startSignIn(program, manager);
    const { app, path } = await startApp(program, token);
    const code = await app.freshCode();
    const replies = await Promise.all(Array.from({ length: 10 }, () => program.post(path, { code }, { token })));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    const added = (await databases.facts('factor_enrollment'))
      .filter(({ stream }) => stream === `factors-${manager.personId}`)
      .map(({ type }) => type);
    expect(added).toEqual(['enrolment.started', 'factor.enrolled', 'recovery-codes.issued']);
  });

  it('a replay is refused and recorded, but is no guess: it does not count towards a wait (API.md)', async () => {
    const { manager, app } = await enrolledManager(program);
    const code = await app.freshCode();
    const started = await startSignIn(program, manager);
    expect((await answer(program, started, 'totp', code)).outcome).toBe('200');
    const second = await startSignIn(program, manager);
    for (let times = 0; times < 8; times += 1) {
      expect((await answer(program, second, 'totp', code)).outcome).toBe('401 code-already-used');
    }
    expect((await answer(program, second, 'totp', await app.freshCode())).outcome).toBe('200');
    expect(await factsOf(manager, 'challenge.refused')).toHaveLength(8);
  });
});

describe('R4 wrong codes', () => {
  const until = (instant: number) => eventually(Date.now, (now) => now >= instant, 30_000);

  it('cost growing waits, also for the right code, which is not spent by them', async () => {
    const { manager, app } = await enrolledManager(program);
    const started = await startSignIn(program, manager);
    const wrong = () => answer(program, started, 'totp', app.wrongCode());
    for (let times = 0; times < 5; times += 1) expect((await wrong()).outcome).toBe('401 code-wrong');

    const right = await app.freshCode();
    const refused = await answer(program, started, 'totp', right);
    expect(refused.outcome).toBe('429 too-many-attempts');
    expect(refused.retryAfter).toBeLessThanOrEqual(2);
    expect((await wrong()).outcome).toBe('429 too-many-attempts');

    await until(Date.now() + refused.retryAfter * 1000);
    expect((await wrong()).outcome).toBe('401 code-wrong');
    const longer = await answer(program, await startSignIn(program, manager), 'totp', right);
    expect(longer.outcome).toBe('429 too-many-attempts');
    expect(longer.retryAfter).toBeGreaterThan(2);

    await until(Date.now() + longer.retryAfter * 1000);
    expect((await answer(program, started, 'totp', await app.freshCode())).outcome).toBe('200');
  });

  it('are not forgiven by a restart', async () => {
    const { manager, app } = await enrolledManager(program);
    const started = await startSignIn(program, manager);
    for (let times = 0; times < 5; times += 1) {
      expect((await answer(program, started, 'totp', app.wrongCode())).outcome).toBe('401 code-wrong');
    }
    await databases.close();
    await installation.kill9();
    await installation.start();
    databases = await Databases.open(installation);
    const after = await startSignIn(program, manager);
    const path = await challenge(program, after, offered(after, 'totp'));
    await eventually(
      () => program.post(path, { code: app.wrongCode() }, { token: after.token }),
      ({ status }) => status === 401,
      30_000,
    );
    // Six in a row cost four seconds, one alone nothing.
    const refused = await answer(program, after, 'totp', await app.freshCode());
    expect(refused.outcome).toBe('429 too-many-attempts');
    expect(refused.retryAfter).toBeLessThanOrEqual(4);
  });
});

describe('R27 unknown and known people', () => {
  const typed = (email: string) => program.post('/v1/sign-ins', { email, password: `not it ${randomUUID()}` });
  const same = (reply: Reply) => {
    const { requestId: _own, ...rest } = reply.problem;
    return { ...rest, headers: [...reply.headers.keys()].sort() };
  };

  it('get the same answer, after as much time', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => openPractice(program)));
    const strangers = people.map(() => newEmail());
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < 5; round += 1) {
      for (const [index, { email }] of people.entries()) {
        const [known, unknown] = [await typed(email), await typed(strangers[index] ?? '')];
        expect(known.outcome).toBe('401 invalid-credentials');
        expect(same(unknown)).toEqual(same(known));
        times.known.push(known.milliseconds);
        times.unknown.push(unknown.milliseconds);
      }
    }
    const ratio = median(times.known) / median(times.unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
    expect(Math.min(...times.known)).toBeLessThan(Math.max(...times.unknown));
    expect(Math.min(...times.unknown)).toBeLessThan(Math.max(...times.known));
  });

  it('R4: wrong passwords cost a wait, for the right one too; an unknown email waits the same', async () => {
    const manager = await openPractice(program);
    const stranger = newEmail();
    const closed = (reply: Reply) => reply.status === 429 && reply.retryAfter > 2;
    const untilClosed = (email: string) => eventually(() => typed(email), closed, 30_000);
    await Promise.all([untilClosed(manager.email), untilClosed(stranger)]);
    const [right, wrong] = await Promise.all([typePassword(program, manager), typed(stranger)]);
    expect(right.outcome).toBe('429 too-many-attempts');
    expect(right.retryAfter).toBeLessThanOrEqual(4);
    expect(same(wrong)).toEqual(same(right));
  });
});

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
