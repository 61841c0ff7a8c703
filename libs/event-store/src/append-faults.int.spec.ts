import { ConcurrencyConflict } from '@cofactor/event-sourcing';
import { eventually } from '@cofactor/testkit';
import { AppendOutcomeUnknown } from './append-errors';
import { timeouts } from './connection-options';
import { ConnectionLost, DatabaseUnreachable } from './database-errors';
import { PostgresEventStore } from './postgres-event-store';
import { aUnit, service, startTestLog, type TestLog } from './test-log';

jest.setTimeout(60_000);

let log: TestLog;
let store: PostgresEventStore;

beforeAll(async () => {
  log = await startTestLog();
  store = new PostgresEventStore({ database: log.database, service });
});
afterAll(() => log.close());

const reasonsOf = (settled: readonly PromiseSettledResult<void>[]): readonly unknown[] =>
  settled.map((result) => (result.status === 'rejected' ? (result.reason as unknown) : 'appended'));

/** The backends that wait for the head of the log, which `whileHeld` keeps locked. */
const waitingForHead = () =>
  log.owner.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%append_units_v1%'",
  );
const whileHeadIsHeld = (work: () => Promise<void>): Promise<void> =>
  log.owner.transaction(async (transaction) => {
    await transaction.query('SELECT position FROM log_head FOR UPDATE');
    await work();
  });

it('I3: a commit whose connection is lost has an unknown outcome, and is not tried again', async () => {
  let appending: Promise<readonly unknown[]> = Promise.resolve([]);
  await whileHeadIsHeld(async () => {
    appending = Promise.allSettled([
      store.append(aUnit('credential-cut-1')),
      store.append(aUnit('credential-cut-2')),
    ]).then(reasonsOf);
    const [backend] = await eventually(waitingForHead, (backends) => backends.length > 0);
    await log.owner.query('SELECT pg_terminate_backend($1)', [backend?.pid]);
    expect(await appending).toEqual([expect.any(AppendOutcomeUnknown), expect.any(AppendOutcomeUnknown)]);
  });
  expect((await store.load('credential-cut-1')).version).toBe(0);
  await store.append(aUnit('credential-cut-1'));
});

it('I3: a connection that is lost before the COMMIT of a batch with side rows appended nothing, for certain', async () => {
  await whileHeadIsHeld(async () => {
    const sideRow = { sql: 'SELECT $1::int', parameters: [1] };
    const settled = Promise.allSettled([store.append(aUnit('credential-early', 0, [sideRow]))]);
    const [backend] = await eventually(waitingForHead, (backends) => backends.length > 0);
    await log.owner.query('SELECT pg_terminate_backend($1)', [backend?.pid]);
    expect(reasonsOf(await settled)).toEqual([expect.any(ConnectionLost)]);
  });
  expect((await store.load('credential-early')).version).toBe(0);
});

it('I3: a connection that is lost in the COMMIT of a batch with side rows has an unknown outcome', async () => {
  await log.owner.query(`
    CREATE TABLE cut (cut boolean);
    GRANT INSERT ON cut TO application;
    CREATE FUNCTION end_connection() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER at_the_commit AFTER INSERT ON cut DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION end_connection()`);
  const sideRow = { sql: 'INSERT INTO cut VALUES ($1)', parameters: [true] };
  const settled = Promise.allSettled([store.append(aUnit('credential-at-commit', 0, [sideRow]))]);
  expect(reasonsOf(await settled)).toEqual([expect.any(AppendOutcomeUnknown)]);
});

it('a log that stays locked fails the whole batch once, not unit by unit', async () => {
  await whileHeadIsHeld(async () => {
    const units = Array.from({ length: 30 }, (_, index) => aUnit(`credential-locked-${index}`));
    const started = Date.now();
    const reasons = reasonsOf(await Promise.allSettled(units.map((unit) => store.append(unit))));
    expect(reasons).toEqual(units.map(() => expect.objectContaining({ code: '55P03' }) as unknown));
    expect(Date.now() - started).toBeLessThan(6_000);
  });
});

it('a database that gives no connection turns all away who wait, after one timeout', async () => {
  const database = await log.replica(1);
  const small = new PostgresEventStore({ database, service, maximumBatch: 2 });
  const units = Array.from({ length: 30 }, (_, index) => aUnit(`credential-away-${index}`));
  await database.transaction(async () => {
    const started = Date.now();
    const reasons = reasonsOf(await Promise.allSettled(units.map((unit) => small.append(unit))));
    expect(reasons).toEqual(units.map(() => expect.any(DatabaseUnreachable) as unknown));
    expect(Date.now() - started).toBeLessThan(2 * timeouts.connecting);
  });
  await Promise.all(units.map((unit) => small.append(unit)));
});

it('I3: PostgreSQL restarted under load: nothing acknowledged is lost, nothing is doubled, and it recovers', async () => {
  const writers = Array.from({ length: 12 }, (_, index) => `credential-writer-${index}`);
  let restarted = false;
  const write = async (stream: string): Promise<number> => {
    let version = 0;
    for (let afterwards = 0; afterwards < 20;) {
      try {
        await store.append(aUnit(stream, version));
        version += 1;
        if (restarted) afterwards += 1;
      } catch (error) {
        if (error instanceof ConcurrencyConflict) throw error;
        // As a handler does: look again, decide anew.
        version = await eventually(
          () =>
            store.load(stream).then(
              (loaded) => loaded.version,
              () => -1,
            ),
          (loaded) => loaded >= 0,
          20_000,
        );
      }
    }
    return version;
  };
  const writing = Promise.all(writers.map(write));
  await eventually(
    () => store.load('credential-writer-0'),
    ({ version }) => version > 5,
  );
  await log.server.restart();
  restarted = true;
  const versions = await writing;
  const facts = await store.readAll(0, 100_000);
  expect(facts.map(({ position }) => position)).toEqual(facts.map((_, index) => index + 1));
  for (const [index, stream] of writers.entries()) {
    const history = facts.filter((fact) => fact.stream === stream).map(({ version }) => version);
    expect(history).toEqual(Array.from({ length: versions[index] ?? 0 }, (_, before) => before + 1));
  }
});
