import { eventually } from '@cofactor/testkit';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../installation';
import { Databases } from './databases';
import {
  answer,
  enrolApp,
  enrolledManager,
  positionOf,
  readAudit,
  readFactors,
  signInWith,
  startSignIn,
  typePassword,
} from './practice';
import { Program } from './program';

jest.setTimeout(600_000);

const command = join(__dirname, '../../../../tools/backups.mjs');
const logs = ['identity', 'factor_enrollment', 'challenge', 'notification'] as const;

let installation: Installation;
let program: Program;

beforeAll(async () => {
  installation = await Installation.start();
  program = new Program(installation.url);
});
afterAll(async () => {
  await installation.remove();
  rmSync(`${installation.home}-backup`, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

function expectOf({ code, said }: Ended, expected: number, words: string): void {
  expect(said).toContain(words);
  expect(code).toBe(expected);
}

function run(...args: readonly string[]): Ended {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, COFACTOR_HOME: installation.home };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { env, encoding: 'utf8' });
  return { code: status, said: stdout + stderr };
}

async function withDatabases<T>(work: (databases: Databases) => Promise<T>): Promise<T> {
  const databases = await Databases.open(installation);
  return work(databases).finally(() => databases.close());
}

/** The id of the audit's record of a fact: for each organisation, over the id of the event. */
const recordIdOf = (fact: string, organisation: string): string =>
  createHash('sha256')
    .update(JSON.stringify([fact, organisation]))
    .digest()
    .subarray(0, 30)
    .toString('base64url');

/** The facts of all logs that the audit has no record of. */
async function unrecorded(databases: Databases): Promise<readonly string[]> {
  const records = await databases.rows<{ id: string }>('audit', 'SELECT record_id AS id FROM audit_log');
  const known = new Set(records.map(({ id }) => id));
  const perLog = logs.map(async (log) => {
    const facts = await databases.rows<{ id: string; place: string; organisations: string[] }>(
      log,
      `SELECT id, stream || '@' || version || ' ' || type AS place,
              ARRAY(SELECT jsonb_array_elements_text(envelope->'organisationIds')) AS organisations FROM events`,
    );
    return facts.flatMap(({ id, place, organisations }) => {
      const concerned = organisations.length === 0 ? ['installation'] : organisations;
      return concerned.filter((one) => !known.has(recordIdOf(id, one))).map(() => place);
    });
  });
  return (await Promise.all(perLog)).flat();
}

it('§6.12 what was revoked, spent, ended or erased after a backup stays dead when that backup is restored', async () => {
  const backup = `${installation.home}-backup`;
  const ann = await enrolledManager(program);
  const spare = await enrolApp(program, ann.token);
  const ben = await enrolledManager(program);
  const eve = await enrolledManager(program);

  expectOf(run('backup', backup), 1, 'already running');
  await installation.stop();
  expectOf(run('backup', backup), 0, 'The databases are in');
  expect(readdirSync(backup)).toEqual(['postgresql-18']);
  await installation.start();

  // What the backup does not know.
  const removal = await program.send('DELETE', `/v1/me/factors/${spare.credentialId}`, { token: spare.token });
  expect(removal.status).toBeLessThan(300);
  const [spentRecoveryCode = '', goodRecoveryCode = ''] = ben.recoveryCodes;
  const session = await signInWith(program, ben.manager, 'recovery-code', spentRecoveryCode);
  const spentCode = await ben.app.freshCode();
  await signInWith(program, ben.manager, 'totp', spentCode);
  expect((await program.send('DELETE', '/v1/session', { token: session })).status).toBeLessThan(300);
  await withDatabases(async (databases) => {
    // As destroying a person does: first the record, then the keys.
    appendFileSync(join(installation.home, 'tombstones.jsonl'), `{"erased":"${eve.manager.personId}"}\n`);
    for (const table of ['factor_secret_key', 'contact_key', 'password_key', 'personal_field_key']) {
      await databases.rows('vault', `DELETE FROM ${table} WHERE person_id = $1`, [eve.manager.personId]);
    }
    await databases.settled();
  });
  await installation.stop();

  expectOf(run('restore', backup), 0, '2 facts');
  await installation.start();

  // Ended: that session, and every other.
  for (const token of [session, ann.token, spare.token, ben.token]) {
    expect((await program.get('/v1/session', token)).status).toBe(401);
  }
  // Revoked.
  const { next } = await startSignIn(program, ann.manager);
  expect(JSON.stringify(next)).toContain(ann.credentialId);
  expect(JSON.stringify(next)).not.toContain(spare.credentialId);
  // Spent.
  const again = async (type: 'totp' | 'recovery-code', code: string) =>
    (await answer(program, await startSignIn(program, ben.manager), type, code)).outcome;
  expect(await again('totp', spentCode)).toMatch(/^401 code-(already-used|wrong)$/);
  expect(await again('recovery-code', spentRecoveryCode)).toBe('401 code-already-used');
  // Erased.
  expect((await typePassword(program, eve.manager)).status).toBe(401);

  // And everything else goes on.
  const token = await signInWith(program, ben.manager, 'recovery-code', goodRecoveryCode);
  expect((await readFactors(program, token)).factors.map(({ credentialId }) => credentialId)).toEqual([
    ben.credentialId,
  ]);
  // A list shows a write whose version may have been given out before.
  const written = await typePassword(program, ben.manager);
  expect(positionOf(written)).toMatch(/@\d+\.\d{10}$/);
  const records = await readAudit(program, ben.manager, token, [positionOf(written)]);
  expect(records.map(({ requestId }) => requestId)).toContain(written.headers.get('x-request-id'));
  await eventually(
    async () => again('totp', await ben.app.freshCode()),
    (outcome) => outcome === '200',
    120_000,
  );
  await withDatabases(async (databases) => {
    const entries = await databases.rows('vault', 'SELECT FROM factor_secret WHERE credential_id = $1', [
      spare.credentialId,
    ]);
    expect(entries).toEqual([]);
    await eventually(
      () => unrecorded(databases),
      (missing) => missing.length === 0,
      30_000,
    );
    expect(await databases.rows('audit', 'SELECT stream, version FROM dead_letters')).toEqual([]);
  });
});

it('§6.12 databases that were put back by hand do not start before what was destroyed since is destroyed again', async () => {
  const { home } = installation;
  await installation.stop();
  const note = join(home, 'postgres-location');
  const cluster = existsSync(note) ? readFileSync(note, 'utf8').trim() : join(home, 'postgresql-18');
  const earlier = `${cluster}-earlier`;
  cpSync(cluster, earlier, { recursive: true });
  // As root, PostgreSQL runs as the owner of its files.
  const { uid, gid } = statSync(cluster);
  spawnSync('chown', ['--recursive', `${uid}:${gid}`, earlier]);
  chmodSync(earlier, 0o700);
  await installation.start();
  const { manager, recoveryCodes } = await enrolledManager(program);
  await signInWith(program, manager, 'recovery-code', recoveryCodes[0] ?? '');
  await installation.stop();
  rmSync(cluster, { recursive: true });
  renameSync(earlier, cluster);

  expectOf(await installation.startAndEnd(), 1, 'Run "npm run after-restore" first');
  expectOf(run('after-restore'), 0, 'Ready to start');
  await installation.start();
  expect((await typePassword(program, manager)).status).toBe(401);
});
