import type { MigrationInterface, QueryRunner } from 'typeorm';
import { migrate } from './migrate';
import { eventStoreMigrations } from './event-store-migrations';
import { PostgresEventStore } from './postgres-event-store';
import { aUnit, service, startTestLog, type TestLog } from './test-log';

jest.setTimeout(60_000);

let log: TestLog;

beforeAll(async () => {
  log = await startTestLog();
  await new PostgresEventStore({ database: log.database, service }).append(aUnit('credential-1'));
});
afterAll(() => log.close());

const insufficientPrivilege = { code: '42501' };

it.each([
  "UPDATE events SET data = '{}'",
  'DELETE FROM events',
  'TRUNCATE events',
  'DELETE FROM streams',
  'DELETE FROM log_head',
  'INSERT INTO log_head (position) VALUES (0)',
  'ALTER TABLE events ADD COLUMN more text',
  'CREATE TABLE more (more text)',
])('R36: the role of the application cannot %s', async (statement) => {
  await expect(log.database.query(statement)).rejects.toMatchObject(insufficientPrivilege);
});

it('R36: the table refuses a version of a stream that is there', async () => {
  const again = `INSERT INTO events SELECT position + 1, stream, version, type, schema_version, id, at, envelope, data FROM events`;
  await expect(log.database.query(again)).rejects.toMatchObject({ code: '23505', constraint: 'events_stream_version' });
});

it('replicas that migrate at the same time run each migration once', async () => {
  const { url } = await log.server.createDatabase();
  const options = { name: 'race', ownerUrl: url, migrations: eventStoreMigrations, applicationRole: 'application' };
  await Promise.all([migrate(options), migrate(options), migrate(options)]);
  await migrate(options);
});

/** Cuts the connection that keeps other replicas waiting. */
class CutTheTurn1800000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const cut: unknown = await runner.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    expect(cut).toEqual([{ pg_terminate_backend: true }]);
  }
  async down(): Promise<void> {}
}

it('a connection that breaks while it keeps others waiting ends no process', async () => {
  const { url } = await log.server.createDatabase();
  const options = { name: 'cut', ownerUrl: url, applicationRole: 'application', migrations: [CutTheTurn1800000000000] };
  await expect(migrate(options)).resolves.toBeUndefined();
});

it('a role that is none is refused before anything is run', async () => {
  const { url } = await log.server.createDatabase();
  const migrating = migrate({ name: 'x', ownerUrl: url, migrations: eventStoreMigrations, applicationRole: 'a; b' });
  await expect(migrating).rejects.toThrow('not a role name');
});
