import { eventually } from '@cofactor/testkit';
import { Database } from '../database';
import { PostgresEventStore } from '../postgres-event-store';
import type { Sql } from '../sql';
import { anAppend, aRefusal, service, startTestLog, type TestLog } from '../test-log';
import type { LogRow } from './copy-text';
import { rebuildReadModel, type ReadModelRebuild } from './rebuild-read-model';

jest.setTimeout(60_000);

let log: TestLog;
let store: PostgresEventStore;
let version = 0;

beforeAll(async () => {
  log = await startTestLog();
  store = new PostgresEventStore({ database: log.database, service });
  await log.owner.query(`
    CREATE TABLE refusals (
      position bigint CONSTRAINT refusals_pkey PRIMARY KEY,
      note text CHECK (note <> 'forbidden'),
      seen boolean NOT NULL DEFAULT false,
      constraint one_note UNIQUE (note)
    )`);
  await log.owner.query('CREATE INDEX refusals_unseen ON refusals (note DESC) WHERE NOT seen');
  await log.owner.query('CREATE TABLE checkpoint (position bigint NOT NULL)');
  await log.owner.query('INSERT INTO checkpoint VALUES (0)');
  await log.owner.query('GRANT SELECT, INSERT, UPDATE ON refusals, checkpoint TO application');
});
afterAll(() => log.close());
beforeEach(async () => {
  await consume();
});

/** Characters that COPY, JSON and UTF-8 each write in their own way. */
const awkward = 'tab\t newline\n return\r back\\slash \\N "quoted" 🩺 ä';

const append = async (count: number): Promise<void> => {
  const refusals = Array.from({ length: count }, (_, index) => aRefusal({ note: `${version + index + 1} ${awkward}` }));
  await store.append({ streams: [anAppend('credential-1', version, refusals)] });
  version += count;
};

const insert = async (sql: Sql, table: string, position: number, note: string): Promise<void> => {
  await sql.query(`INSERT INTO ${table} (position, note) VALUES ($1, $2)`, [position, note]);
};

/** The live consumer: its effect and its checkpoint are one transaction. Answers how many facts it took in. */
const consume = (): Promise<number> =>
  log.database.transaction(async (transaction) => {
    const [row] = await transaction.query<{ position: number }>('SELECT position FROM checkpoint FOR UPDATE');
    const facts = await store.readAll(row?.position ?? 0, 100);
    for (const fact of facts) {
      await insert(transaction, 'refusals', fact.position, (fact.data as { note: string }).note);
      await transaction.query('UPDATE checkpoint SET position = $1', [fact.position]);
    }
    return facts.length;
  });

const noteOf = (row: LogRow): string => (row.json('data') as { note: string }).note;

const rebuild = (changes: Partial<ReadModelRebuild> = {}): Promise<number> =>
  rebuildReadModel({
    source: log.database,
    log: { table: 'events', position: 'position', columns: ['type', 'data'], where: "type = 'challenge.refused'" },
    target: log.owner,
    table: 'refusals',
    columns: ['position', 'note'],
    project: (row) => [[row.number('position'), noteOf(row)]],
    checkpoint: async (sql) =>
      (await sql.query<{ position: number }>('SELECT position FROM checkpoint'))[0]?.position ?? 0,
    follow: (transaction, table, row) => insert(transaction, table, row.number('position'), noteOf(row)),
    ...changes,
  });

const rows = () => log.owner.query('SELECT position, note, seen FROM refusals ORDER BY position');
const expected = async (upTo: number) =>
  (await store.readAll(0, 100_000))
    .filter(({ position }) => position <= upTo)
    .map((fact) => ({ position: fact.position, note: (fact.data as { note: string }).note, seen: false }));
const shape = () =>
  log.owner.query(`
    SELECT (SELECT array_agg(pg_get_indexdef(indexrelid) ORDER BY indexrelid::regclass::text) FROM pg_index
             WHERE indrelid = 'refusals'::regclass) AS indexes,
           (SELECT array_agg(conname || ' ' || pg_get_constraintdef(oid) ORDER BY conname) FROM pg_constraint
             WHERE conrelid = 'refusals'::regclass) AS constraints,
           (SELECT relacl::text FROM pg_class WHERE oid = 'refusals'::regclass) AS rights,
           (SELECT array_agg(attname || ' ' || atttypid::regtype ORDER BY attnum) FROM pg_attribute
             WHERE attrelid = 'refusals'::regclass AND attnum > 0) AS columns`);

it('derives the same rows from the log, under the same indexes, constraints and rights', async () => {
  await append(300);
  while ((await consume()) > 0);
  const before = await shape();
  await log.owner.query("UPDATE refusals SET note = 'damaged ' || position");
  expect(await rebuild()).toBe(300);
  expect(await rows()).toEqual(await expected(300));
  expect(await shape()).toEqual(before);
  expect(await rebuild()).toBe(300);
});

it('holds rows back until the end where the projection wants it', async () => {
  const notes = new Map<number, string>();
  await rebuild({
    project: (row) => (notes.set(row.number('position'), noteOf(row)), []),
    rest: () => [...notes].reverse(),
  });
  expect(await rows()).toEqual(await expected(version));
});

it('leaves the old one answering all the time, and ends where the consumer stands', async () => {
  let rebuilding = true;
  const read = async (): Promise<readonly number[]> => {
    const counts: number[] = [];
    while (rebuilding) {
      const [row] = await log.database.query<{ count: number }>('SELECT count(*)::int AS count FROM refusals');
      counts.push(row?.count ?? 0);
    }
    return counts;
  };
  const write = async (): Promise<void> => {
    while (rebuilding) await append(20);
  };
  const follow = async (): Promise<void> => {
    while (rebuilding) await consume();
  };
  const finished = Promise.all([read(), write(), follow()]);
  for (let times = 0; times < 3; times += 1) await rebuild();
  rebuilding = false;
  const [counts] = await finished;
  while ((await consume()) > 0);
  expect(await rows()).toEqual(await expected(version));
  expect(counts.length).toBeGreaterThan(3);
  expect(counts).toEqual([...counts].sort((left, right) => left - right));
  expect(counts[0]).toBeGreaterThanOrEqual(300);
});

it('never gets ahead of the checkpoint of the consumer', async () => {
  await append(50);
  const behind = version - 50;
  await rebuild();
  expect(await rows()).toEqual(await expected(behind));
  while ((await consume()) > 0);
  expect(await rows()).toEqual(await expected(version));
});

it('changes nothing when it fails', async () => {
  const before = await rows();
  const failing = rebuild({ project: (row) => [[row.number('position'), 'forbidden']] });
  await expect(failing).rejects.toThrow('refusals could not be rebuilt');
  const throwing = rebuild({
    project: () => {
      throw new Error('projection');
    },
  });
  await expect(throwing).rejects.toMatchObject({ cause: new Error('projection') });
  expect(await rows()).toEqual(before);
  expect(await log.owner.query("SELECT to_regclass('refusals_rebuild') AS shadow")).toEqual([{ shadow: null }]);
  await rebuild();
});

it('runs once at a time', async () => {
  let entered = (): void => undefined;
  const inside = new Promise<void>((resolve) => (entered = resolve));
  const first = rebuild({ project: (row) => (entered(), [[row.number('position'), noteOf(row)]]) });
  await inside;
  await expect(rebuild()).rejects.toThrow('being rebuilt already');
  await first;
});

it('waits for a transaction that uses the live table, and holds up its readers but shortly', async () => {
  const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'
    AND relation = 'refusals'::regclass`;
  const pauses: number[] = [];
  let rebuilding: Promise<unknown> = Promise.resolve();
  await log.database.transaction(async (transaction) => {
    await transaction.query('SELECT 1 FROM refusals LIMIT 1');
    rebuilding = rebuild();
    while (pauses.length < 3) {
      await eventually(
        () => log.owner.query(waiting),
        (locks) => locks.length > 0,
      );
      const started = Date.now();
      await log.database.query('SELECT 1 FROM refusals LIMIT 1');
      pauses.push(Date.now() - started);
    }
  });
  await rebuilding;
  expect(Math.max(...pauses)).toBeLessThan(2_000);
});

it('reads a log in another database', async () => {
  const { url } = await log.server.createDatabase();
  const target = await Database.open({ name: 'elsewhere', url, poolSize: 2 });
  await target.query('CREATE TABLE elsewhere (position bigint PRIMARY KEY, note text)');
  const read = await rebuild({ target, table: 'elsewhere', checkpoint: () => Promise.resolve(10) });
  expect(read).toBe(10);
  expect(await target.query('SELECT count(*)::int AS count FROM elsewhere')).toEqual([{ count: 10 }]);
  await target.close();
});
