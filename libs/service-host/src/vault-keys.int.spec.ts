import { Database, migrate } from '@cofactor/event-store';
import { FileMasterKey, Passwords, vaultMigrations, vaultServices } from '@cofactor/secret-vault';
import { fixedClock, startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runVaultKeysCommand } from './vault-keys';

let postgres: TestPostgres;
let folder: string;
let url: string;
let database: Database;
const clock = fixedClock('2026-03-01T09:30:00.000Z');
const whole = () => join(folder, 'vault-keys.json');
const copyOf = (service: string) => join(folder, 'keys', service, 'vault-keys.json');

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofactor-vault-keys-'));
  ({ url } = await postgres.createDatabase());
  await migrate({ name: 'vault', ownerUrl: url, migrations: vaultMigrations, applicationRole: new URL(url).username });
  database = await Database.open({ name: 'vault', url, poolSize: 2 });
  const master = await FileMasterKey.create(whole());
  for (const service of vaultServices) {
    await mkdir(dirname(copyOf(service)), { recursive: true });
    await master.share(service, copyOf(service));
  }
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

async function run(...words: readonly string[]) {
  const lines: string[] = [];
  const environment = { COFACTOR_SECRETS: folder, MIGRATIONS_DATABASE_URL: url };
  return { code: await runVaultKeysCommand(words, environment, (line) => lines.push(line)), said: lines.join('\n') };
}

/** The passwords as identity opens them, with the file that it has. */
const asIdentity = async () =>
  new Passwords({ database, clock, masterKey: await FileMasterKey.load(copyOf('identity')) });
/** A service whose file does not follow: that of the step before has not been replaced yet. */
async function withCopyOfNow(name: string): Promise<Passwords> {
  const path = join(folder, `${name}.json`);
  await copyFile(copyOf('identity'), path);
  return new Passwords({ database, clock, masterKey: await FileMasterKey.load(path) });
}
const keysOf = async (path: string) => (await FileMasterKey.load(path)).wrappingKeyIds('password');

describe('npm run vault-keys', () => {
  it('rotates the keys of a kind in the files of all services that hold it, and every entry opens', async () => {
    const running = await asIdentity();
    for (const person of ['amara', 'bea']) await running.store(person, `hash of ${person}`);
    const before = await keysOf(whole());
    expect(await run('rotate', 'password')).toEqual({
      code: 0,
      said: 'Every data key of password is wrapped under the new key, and the old one is gone.',
    });
    const after = await keysOf(whole());
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    expect(await keysOf(copyOf('identity'))).toEqual(after);
    for (const passwords of [running, await asIdentity()]) expect(await passwords.open('bea')).toBe('hash of bea');
    await running.store('chi', 'hash of chi');
    expect(await (await asIdentity()).open('chi')).toBe('hash of chi');
  });

  it('goes step by step where copies travel: a service with a copy of the step before opens everything', async () => {
    const running = await asIdentity();
    await running.store('amara', 'hash of amara');
    for (const [step, keys] of [
      ['add', 2],
      ['promote', 2],
      ['finish', 1],
    ] as const) {
      const late = await withCopyOfNow(step);
      expect((await run(step, 'password')).code).toBe(0);
      expect(await keysOf(copyOf('identity'))).toHaveLength(keys);
      await (await asIdentity()).store(step, `hash at ${step}`);
      expect(await late.open('amara')).toBe('hash of amara');
      expect(await late.open(step)).toBe(`hash at ${step}`);
    }
  });

  it('does not finish before the new key is current', async () => {
    await run('add', 'contact');
    expect(await run('finish', 'contact')).toEqual({
      code: 1,
      said: 'The new key of contact waits still: promote first.',
    });
  });

  it('asks for a step and a kind', async () => {
    const wrong = [[], ['rotate'], ['rotate', 'everything'], ['destroy', 'contact'], ['add', 'contact', 'now']];
    for (const words of wrong) {
      const { code, said } = await run(...words);
      expect([code, said.split('\n')[1]]).toEqual([1, expect.stringContaining('npm run vault-keys -- rotate KIND')]);
    }
  });

  it('gives no other service a key of a kind that it does not hold', async () => {
    await run('rotate', 'password');
    for (const service of vaultServices.filter((name) => name !== 'identity')) {
      await expect(keysOf(copyOf(service))).rejects.toThrow('password');
    }
  });
});
