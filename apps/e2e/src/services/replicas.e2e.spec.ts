import { eventually } from '@cofactor/testkit';
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { Databases } from '../api/databases';
import { emptyLoad, expectSoundAfter, peopleWithCodes, signInAll } from '../api/load';
import { challenge, enrolledManager, offered, startSignIn } from '../api/practice';
import { Program } from '../api/program';
import { Installation } from '../installation';

let installation: Installation;
/** One for each gateway. */
let programs: readonly [Program, Program];

beforeAll(async () => {
  installation = await Installation.start({ environment: { COFACTOR_REPLICAS: '2', COFACTOR_FLOOD_LIMIT: '100000' } });
  const second = new URL(installation.url);
  second.port = String(Number(second.port) + 1);
  programs = [new Program(installation.url), new Program(second.origin)];
}, 180_000);
afterAll(() => installation.remove());

const ready = () =>
  eventually(
    () => installation.isReady(),
    (isReady) => isReady,
    60_000,
  );

/** False where it died a moment ago. */
function kill(processId: number): boolean {
  try {
    return process.kill(processId, 'SIGKILL');
  } catch (error) {
    // An error of Node's own is no Error of the realm in which Jest runs this.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

describe('two replicas of each service', () => {
  it('I1 I2 sign 200 people in, in parallel, while processes are killed: nothing lost, nothing doubled', async () => {
    const tries = await peopleWithCodes(programs[0], 20);
    const load = emptyLoad();
    let working = true;
    const signingIn = signInAll(programs, tries, load, () => false, 20).finally(() => (working = false));
    let kills = 0;
    for (let answered = 0; working;) {
      answered = load.replies.length + randomInt(20, 60);
      await eventually(
        () => !working || load.replies.length >= answered,
        (goOn) => goOn,
        60_000,
      );
      const running = installation.running().services.flatMap(({ processId }) => processId ?? []);
      const victim = running[randomInt(running.length)];
      if (working && victim !== undefined && kill(victim)) kills += 1;
    }
    await signingIn;
    expect(kills).toBeGreaterThan(3);
    await ready();
    expect(load.passed.length + load.unknown.length).toBe(200);
    for (const reply of load.replies.filter(({ status }) => status >= 500)) {
      expect(reply.outcome).toBe('503 unavailable');
    }
    await expectSoundAfter(installation, load);
  }, 300_000);

  it('I2 let one of many parallel tries pass with one code, and count each wrong one once', async () => {
    const [first] = programs;
    const { manager, app, credentialId } = await enrolledManager(first);
    const signIns = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const program = programs[index % 2] ?? first;
        const signIn = await startSignIn(program, manager);
        return { program, path: await challenge(program, signIn, offered(signIn, 'totp')), token: signIn.token };
      }),
    );
    const code = await app.freshCode();
    const replies = await Promise.all(
      signIns.map(({ program, path, token }) => program.post(path, { code }, { token })),
    );
    const outcomes = replies.map(({ outcome }) => outcome).sort();
    expect(outcomes).toEqual(['200', ...Array<string>(7).fill('401 code-already-used')]);

    const again = await Promise.all(
      Array.from({ length: 4 }, async (_, index) => {
        const program = programs[index % 2] ?? first;
        const signIn = await startSignIn(program, manager);
        const path = await challenge(program, signIn, offered(signIn, 'totp'));
        return (await program.post(path, { code: app.wrongCode() }, { token: signIn.token })).outcome;
      }),
    );
    expect(again).toEqual(Array(4).fill('401 code-wrong'));
    const databases = await Databases.open(installation);
    const counted = await databases.rows<{ reason: string; times: number }>(
      'challenge',
      `SELECT data->>'reason' AS reason, count(*)::int AS times FROM events
       WHERE type = 'challenge.refused' AND stream = $1 GROUP BY 1 ORDER BY 1`,
      [`credential-${credentialId}`],
    );
    await databases.close();
    expect(counted).toEqual([
      { reason: 'already-used', times: 7 },
      { reason: 'wrong', times: 4 },
    ]);
  }, 120_000);

  it('revoke a session at every gateway at once', async () => {
    const [first, second] = programs;
    const { token } = await enrolledManager(first);
    expect((await second.get('/v1/session', token)).outcome).toBe('200');
    expect((await first.send('DELETE', '/v1/session', { token })).status).toBe(204);
    expect((await second.get('/v1/session', token)).outcome).toBe('401 not-signed-in');
  });

  it('show a view that equals its rebuild from zero', async () => {
    const databases = await Databases.open(installation);
    await databases.idle();
    const view = () => databases.rows('audit', 'SELECT * FROM record_view ORDER BY organisation_id, leaf_index');
    const before = await view();
    const program = join(__dirname, '../../../audit/dist/rebuild.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], {
      env: { PATH: process.env.PATH, COFACTOR_HOME: installation.home },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('no record is missing');
    expect(await view()).toEqual(before);
    expect(before.length).toBeGreaterThan(800);
    await databases.close();
  }, 150_000);
});
