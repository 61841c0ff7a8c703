import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Database } from './database';
import { eventStoreMigrations } from './event-store-migrations';
import { isMigrated, migrate } from './migrate';
import { startTestLog, type TestLog } from './test-log';

let log: TestLog;

beforeAll(async () => {
  log = await startTestLog();
});
afterAll(() => log.close());

class OfANewerRelease1900000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE newer (id text)');
  }
  async down(): Promise<void> {}
}
const newer = [...eventStoreMigrations, OfANewerRelease1900000000000];

/** A database of its own, and what the role of a service sees there. */
async function database() {
  const { url } = await log.server.createDatabase();
  const asApplication = Object.assign(new URL(url), { username: 'application', password: 'only-for-tests' }).href;
  const under = async <T>(roleUrl: string, look: (opened: Database) => Promise<T>): Promise<T> => {
    const opened = await Database.open({ name: 'look', url: roleUrl, poolSize: 1 });
    return look(opened).finally(() => opened.close());
  };
  return {
    migrateTo: (migrations: typeof newer) =>
      migrate({ name: 'log', ownerUrl: url, migrations, applicationRole: 'application' }),
    asOwner: (statement: string) => under(url, (opened) => opened.query(statement)),
    isMigratedTo: (migrations: typeof newer) => under(asApplication, (opened) => isMigrated(opened, migrations)),
    change: (statement: string) => under(asApplication, (opened) => opened.query(statement)),
  };
}

describe('whether a database is migrated, for the role of a service', () => {
  it('is no before the first migration, and yes after the last', async () => {
    const { isMigratedTo, migrateTo } = await database();
    expect(await isMigratedTo([...eventStoreMigrations])).toBe(false);
    await migrateTo([...eventStoreMigrations]);
    expect(await isMigratedTo([...eventStoreMigrations])).toBe(true);
  });

  it('is no while one of them is missing', async () => {
    const { isMigratedTo, migrateTo } = await database();
    await migrateTo([...eventStoreMigrations]);
    expect(await isMigratedTo(newer)).toBe(false);
  });

  it('is yes where a newer release has migrated further, so that the one before can be started again', async () => {
    const { isMigratedTo, migrateTo } = await database();
    await migrateTo(newer);
    expect(await isMigratedTo([...eventStoreMigrations])).toBe(true);
    expect(await isMigratedTo(newer)).toBe(true);
  });

  it('is no where the role may not even see the schema', async () => {
    const { isMigratedTo, asOwner } = await database();
    await asOwner('REVOKE ALL ON SCHEMA public FROM PUBLIC');
    expect(await isMigratedTo([...eventStoreMigrations])).toBe(false);
  });

  it('is no where the role may not look: the next migration lets it', async () => {
    const { isMigratedTo, migrateTo, asOwner } = await database();
    await migrateTo([...eventStoreMigrations]);
    await asOwner('REVOKE SELECT ON migrations FROM application');
    expect(await isMigratedTo([...eventStoreMigrations])).toBe(false);
    await migrateTo([...eventStoreMigrations]);
    expect(await isMigratedTo([...eventStoreMigrations])).toBe(true);
  });

  it('R36: is nothing that the role could change', async () => {
    const { migrateTo, change } = await database();
    await migrateTo([...eventStoreMigrations]);
    for (const statement of ['DELETE FROM migrations', "UPDATE migrations SET name = 'x'", 'TRUNCATE migrations']) {
      await expect(change(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
