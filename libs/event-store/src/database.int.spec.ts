import { eventually } from '@cofactor/testkit';
import { createServer, type Server } from 'node:net';
import { timeouts } from './connection-options';
import { Database } from './database';
import { CommitOutcomeUnknown, ConnectionLost, DatabaseUnreachable } from './database-errors';
import { PostgresEventStore } from './postgres-event-store';
import { PostgresFactLog } from './postgres-fact-log';
import type { Sql } from './sql';
import { aUnit, service, startTestLog, type TestLog } from './test-log';

jest.setTimeout(60_000);

let log: TestLog;

beforeAll(async () => {
  log = await startTestLog();
  await log.owner.query('CREATE TABLE notes (note text PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)');
  await log.owner.query('GRANT SELECT, INSERT ON notes TO application');
});
afterAll(() => log.close());

const backendOf = async (sql: { query: Database['query'] }): Promise<number> => {
  const [row] = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return row?.pid ?? 0;
};
const terminate = (pid: number) => log.owner.query('SELECT pg_terminate_backend($1, 5000)', [pid]);

describe('values', () => {
  it('come back as numbers, RFC 3339 and JSON', async () => {
    const [row] = await log.database.query(
      `SELECT 9007199254740991::bigint AS big, '2026-01-02 03:04:05.6789+02'::timestamptz AS at, '{"a":1}'::jsonb AS json`,
    );
    expect(row).toEqual({ big: 9007199254740991, at: '2026-01-02T01:04:05.678Z', json: { a: 1 } });
  });

  it('a bigint beyond 2^53 is refused, not rounded', async () => {
    await expect(log.database.query('SELECT 9007199254740993::bigint')).rejects.toThrow();
  });
});

describe('a statement', () => {
  const byNote = 'SELECT n.note, m.note AS again FROM notes n JOIN notes m USING (note) WHERE n.note = $1';
  const planOf = async (sql: Sql) => {
    const [statement] = await sql.query<{ name: string; generic: number; custom: number }>(
      `SELECT name, generic_plans AS generic, custom_plans AS custom FROM pg_prepared_statements
        WHERE statement = '${byNote.replaceAll("'", "''")}'`,
    );
    const plan = await sql.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE "${statement?.name}"('first')`);
    return { ...statement, plan: plan.map((line) => line['QUERY PLAN']).join('\n') };
  };

  it('is planned once for each connection, by a plan that stays good while its tables grow', async () => {
    await log.owner.query("INSERT INTO notes VALUES ('first')");
    await log.owner.query('ANALYZE notes');
    await log.database.transaction(async (transaction) => {
      for (let times = 0; times < 3; times += 1) await transaction.query(byNote, ['first']);
      const kept = await planOf(transaction);
      expect([kept.generic, kept.custom]).toEqual([3, 0]);
      expect(kept.plan).not.toMatch(/Seq Scan/);
      expect(kept.plan.match(/Index (Only )?Scan/g)).toHaveLength(2);
    });
  });
});

describe('a transaction', () => {
  const notes = async (note: string) =>
    (await log.database.query('SELECT note FROM notes WHERE note = $1', [note])).length;

  it('is committed as a whole, or not at all', async () => {
    const failed = log.database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO notes VALUES ('half')");
      throw new Error('thought better of it');
    });
    await expect(failed).rejects.toThrow('thought better of it');
    await log.database.transaction((transaction) => transaction.query("INSERT INTO notes VALUES ('whole')"));
    expect([await notes('half'), await notes('whole')]).toEqual([0, 1]);
  });

  it('in which a failure was passed over is no success', async () => {
    const careless = log.database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO notes VALUES ('careless')");
      await transaction.query('SELECT 1/0').catch(() => undefined);
    });
    await expect(careless).rejects.toThrow('rolled back');
    expect(await notes('careless')).toBe(0);
  });

  it('that the database refuses at its COMMIT fails with that refusal', async () => {
    const twice = log.database.transaction((transaction) =>
      transaction.query("INSERT INTO notes VALUES ('twice'), ('twice')"),
    );
    await expect(twice).rejects.toMatchObject({ code: '23505' });
  });

  it('whose connection breaks fails, and the next one works', async () => {
    const broken = log.database.transaction(async (transaction) => {
      await terminate(await backendOf(transaction));
      await transaction.query('SELECT 1');
    });
    await expect(broken).rejects.toBeInstanceOf(ConnectionLost);
    expect(await log.database.transaction((transaction) => transaction.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  it('whose connection breaks at its COMMIT has an unknown outcome', async () => {
    const broken = log.database.transaction(async (transaction) => terminate(await backendOf(transaction)));
    await expect(broken).rejects.toBeInstanceOf(CommitOutcomeUnknown);
  });
});

describe('a server that is gone', () => {
  it('is an error at once where nothing listens', async () => {
    const opening = Database.open({ name: 'nobody', url: 'postgres://postgres@127.0.0.1:1/none', poolSize: 1 });
    await expect(opening).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is an error within seconds where something accepts and says nothing', async () => {
    const silent = await listening(createServer());
    const started = Date.now();
    await expect(Database.open({ name: 'silent', url: silent.url, poolSize: 1 })).rejects.toThrow();
    expect(Date.now() - started).toBeLessThan(8_000);
    silent.server.close();
  }, 20_000);

  it('is an error within seconds where it stops answering, and its connection is not used again', async () => {
    const database = await log.replica(1);
    const pid = await backendOf(database);
    process.kill(pid, 'SIGSTOP');
    try {
      const started = Date.now();
      await expect(database.query('SELECT 1')).rejects.toBeInstanceOf(ConnectionLost);
      expect(Date.now() - started).toBeLessThan(timeouts.answer + 2_000);
      expect(await backendOf(database)).not.toBe(pid);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });

  it('ends no idle connection with an uncaught error, and is used again after its restart', async () => {
    const store = new PostgresEventStore({ database: log.database, service });
    await Promise.all([1, 2, 3, 4].map(() => log.database.query('SELECT pg_sleep(0.05)')));
    await log.server.restart();
    await eventually(() => log.database.isReady(), Boolean);
    await store.append(aUnit('credential-after-restart'));
    expect((await store.load('credential-after-restart')).version).toBe(1);
  });

  it('ends no process whose connection for bulk work breaks while it rests', async () => {
    const connection = await log.database.connectForBulk();
    const { rows } = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const ended = new Promise<void>((resolve) => connection.once('end', () => resolve()));
    await terminate(rows[0]?.pid ?? 0);
    await ended;
    await expect(connection.query('SELECT 1')).rejects.toThrow();
  });

  it('is not ready when every connection is refused', async () => {
    const database = await log.replica();
    await log.owner.query('ALTER ROLE application NOLOGIN');
    for (const pid of await pidsOf('application')) await terminate(pid);
    expect(await database.isReady()).toBe(false);
    await expect(database.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnreachable);
    await log.owner.query('ALTER ROLE application LOGIN');
    expect(await database.isReady()).toBe(true);
  });
});

describe('listening', () => {
  const pidOfListener = async () => (await pidsOf('application listens'))[0];

  it('hears appends of another replica, and goes on after its connection was cut', async () => {
    const facts = new PostgresFactLog({ database: log.database, service });
    const store = new PostgresEventStore({ database: await log.replica(), service });
    let heard = 0;
    const stop = facts.onAppend(() => (heard += 1));
    await eventually(
      () => heard,
      (times) => times === 1,
    );
    await store.append(aUnit('credential-heard'));
    await eventually(
      () => heard,
      (times) => times === 2,
    );
    await terminate((await pidOfListener()) ?? 0);
    await eventually(
      () => heard,
      (times) => times === 3,
    );
    await store.append(aUnit('credential-heard-again'));
    await eventually(
      () => heard,
      (times) => times === 4,
    );
    await stop();
    expect(await eventually(pidOfListener, (pid) => pid === undefined)).toBeUndefined();
  });

  it('can be stopped before it ever connected', async () => {
    let heard = 0;
    const stop = log.database.listen('facts', () => (heard += 1));
    await stop();
    expect(heard).toBe(0);
    expect(await eventually(pidOfListener, (pid) => pid === undefined)).toBeUndefined();
  });
});

const pidsOf = async (name: string): Promise<readonly number[]> =>
  (await log.owner.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE application_name = $1', [name])).map(
    ({ pid }) => pid,
  );

async function listening(server: Server): Promise<{ server: Server; url: string }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, url: `postgres://postgres@127.0.0.1:${address.port}/none` };
}
