import 'reflect-metadata';
import type { Fact } from '@cofactor/contracts';
import { Database, DatabaseUnreachable, migrate } from '@cofactor/event-store';
import { eventually, startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { effectsTable, type AfterEffect } from '../contract/effects-controller';
import { effectsOf, runConsumer, type RunningConsumer } from '../contract/transport-harness';
import { DeadLetters } from '../dead-letters';
import type { FactContext } from '../fact-context';
import type { FactLog } from '../fact-log';
import { messagingMigrations } from '../migrations';
import { aFact } from '../test-fact';
import { noMetrics, silentLogger } from '../contract/logs-harness';
import { PostgresLogStrategy, type PostgresLogStrategyOptions } from './postgres-log-strategy';

/** A log whose facts and faults are the test's. */
class ListedLog implements FactLog {
  private readonly facts: Fact[] = [];
  private listener: () => void = () => undefined;
  private fault: Error | null = null;
  /** How often nothing new was found. */
  emptyReads = 0;

  append(stream: string, version: number, { silently = false } = {}): void {
    const position = this.facts.length + 1;
    this.facts.push(aFact(`${stream}@${version}`, { service: 'factor-enrollment', position, type: 'factor.enrolled' }));
    if (!silently) this.listener();
  }

  break(fault: Error | null): void {
    this.fault = fault;
  }

  readAll(after: number, limit: number): Promise<readonly Fact[]> {
    if (after >= this.facts.length) this.emptyReads += 1;
    return this.fault ? Promise.reject(this.fault) : Promise.resolve(this.facts.slice(after, after + limit));
  }

  head(): Promise<number> {
    return Promise.resolve(this.facts.length);
  }

  onAppend(listener: () => void): () => Promise<void> {
    this.listener = listener;
    return () => Promise.resolve();
  }
}

jest.setTimeout(30_000);

describe('the postgres-log transport', () => {
  let postgres: TestPostgres;
  let database: Database;
  let log: ListedLog;
  let running: RunningConsumer[];
  const said: string[] = [];

  const start = async (
    afterEffect: AfterEffect = () => Promise.resolve(),
    options: Partial<PostgresLogStrategyOptions> = {},
  ): Promise<RunningConsumer> => {
    const transport = new PostgresLogStrategy({
      consumer: 'audit',
      database,
      sources: [{ service: 'factor-enrollment', log }],
      logger: { ...silentLogger, error: (_fields, message) => said.push(message) },
      metrics: noMetrics,
      ...options,
    });
    const consumer = await runConsumer({ transport, release: () => Promise.resolve() }, afterEffect);
    running.push(consumer);
    return consumer;
  };
  const effectsWhen = (count: number): Promise<string[]> =>
    eventually(
      () => effectsOf(database, 'first'),
      ({ length }) => length >= count,
    );

  beforeAll(async () => {
    postgres = await startTestPostgres();
  }, 60_000);
  afterAll(() => postgres.stop(), 60_000);
  beforeEach(async () => {
    const { url, name } = await postgres.createDatabase();
    const { username: applicationRole } = new URL(url);
    await migrate({ name, ownerUrl: url, migrations: messagingMigrations, applicationRole });
    database = await Database.open({ name, url, poolSize: 4 });
    await database.query(effectsTable);
    [log, running] = [new ListedLog(), []];
  });
  afterEach(async () => {
    await Promise.all(running.map((consumer) => consumer.stop()));
    await database.close();
  });

  it('takes a fact well before the next poll when it is told of the append', async () => {
    await start();
    const waits: number[] = [];
    for (let version = 1; version <= 9; version += 1) {
      const began = performance.now();
      log.append('factors-a', version);
      await effectsWhen(version);
      waits.push(performance.now() - began);
    }
    expect(waits.sort((a, b) => a - b)[4]).toBeLessThan(250);
  });

  it('I1 finds by itself what it was not told of', async () => {
    await start();
    log.append('factors-a', 1);
    await effectsWhen(1);
    // Only once it has looked in vain does it wait for the next append.
    const { emptyReads } = log;
    await eventually(
      () => log.emptyReads,
      (reads) => reads > emptyReads,
    );
    log.append('factors-a', 2, { silently: true });
    expect(await effectsWhen(2)).toEqual(['factors-a@1', 'factors-a@2']);
  });

  it('§6.8 puts a fact that came too early aside, loudly, and goes on with other streams', async () => {
    log.append('factors-a', 1);
    await start(undefined, { retry: { attempts: 1, firstDelay: 1, longestDelay: 1 } });
    await effectsWhen(1);
    log.append('factors-a', 3);
    log.append('factors-a', 4);
    log.append('factors-b', 1);
    expect(await effectsWhen(2)).toEqual(['factors-a@1', 'factors-b@1']);
    const letters = await eventually(
      () => new DeadLetters(database).list(),
      ({ length }) => length === 2,
    );
    expect(letters.map(({ state, version }) => [state, version])).toEqual([
      ['dead', 3],
      ['waiting', 4],
    ]);
    expect(letters[0]?.error).toBe('FactGap: factors-a is at version 1, so 2 comes next, but 3 came');
    expect(said).toContainEqual(expect.stringContaining('failed for the last time'));
  });

  it('§6.8 never skips facts when its offset is set back while it runs', async () => {
    await start();
    log.append('factors-a', 1);
    log.append('factors-b', 1);
    await effectsWhen(2);
    await database.query('UPDATE consumer_offsets SET position = 0');
    await database.query(`DELETE FROM inbox WHERE stream = 'factors-b'`);
    log.append('factors-a', 2);
    expect(await effectsWhen(4)).toEqual(['factors-a@1', 'factors-b@1', 'factors-b@1', 'factors-a@2']);
  });

  it('I3 is unhealthy while a log is away, and goes on where it was', async () => {
    const { transport } = await start();
    await eventually(() => transport.isHealthy(), Boolean);
    log.break(new Error('the log is away'));
    log.append('factors-a', 1);
    await eventually(
      () => transport.isHealthy(),
      (healthy) => !healthy,
    );
    expect(await transport.lag()).toEqual({ 'factor-enrollment': 1 });
    log.break(null);
    expect(await effectsWhen(1)).toEqual(['factors-a@1']);
    await eventually(() => transport.isHealthy(), Boolean);
    expect(await transport.lag()).toEqual({ 'factor-enrollment': 0 });
  });

  it('I3 waits for a database of its handlers too, such as the vault, and puts no fact aside for that', async () => {
    let tries = 0;
    const awayTwice = (): Promise<void> => {
      tries += 1;
      return tries > 2 ? Promise.resolve() : Promise.reject(new DatabaseUnreachable(new Error('away')));
    };
    log.append('factors-a', 1);
    await start(awayTwice, { retry: { attempts: 1, firstDelay: 1, longestDelay: 1 } });
    expect(await effectsWhen(1)).toEqual(['factors-a@1']);
    expect(tries).toBe(3);
    expect(await new DeadLetters(database).list()).toEqual([]);
  });

  it('waits for tables and rights that are not there, and puts no fact aside for that', async () => {
    await database.query('ALTER TABLE inbox RENAME TO hidden');
    await database.query(`INSERT INTO consumer_offsets VALUES ('audit', 'factor-enrollment', 0, 9)`);
    log.append('factors-a', 1);
    const { transport } = await start();
    await eventually(
      () => transport.isHealthy(),
      (healthy) => !healthy,
    );
    await database.query('ALTER TABLE hidden RENAME TO inbox');
    expect(await effectsWhen(1)).toEqual(['factors-a@1']);
    expect(await new DeadLetters(database).list()).toEqual([]);
  });

  it('puts a fact aside whose last handler hid the error of its query', async () => {
    const transport = new PostgresLogStrategy({
      consumer: 'audit',
      database,
      sources: [{ service: 'factor-enrollment', log }],
      logger: silentLogger,
      metrics: noMetrics,
    });
    const hides = async (_fact: Fact, { transaction }: FactContext): Promise<void> => {
      await transaction.query('SELECT 1 / 0').catch(() => undefined);
    };
    transport.addHandler('factor.enrolled', hides, true);
    transport.listen(() => undefined);
    log.append('factors-a', 1);
    const letters = await eventually(
      () => new DeadLetters(database).list(),
      ({ length }) => length === 1,
    ).finally(() => transport.close());
    expect(letters[0]?.error).toContain('25P02');
  });

  it('commits a batch in part when its time is up, in order and without a second effect', async () => {
    for (let version = 1; version <= 6; version += 1) log.append('factors-a', version);
    let seenMeanwhile: string[] = [];
    await start(async (fact) => {
      if (fact.version === 3) await eventually(() => performance.now() - began > 2_100, Boolean);
      if (fact.version === 6) seenMeanwhile = await effectsOf(database, 'first');
    });
    const began = performance.now();
    expect(await effectsWhen(6)).toEqual([1, 2, 3, 4, 5, 6].map((version) => `factors-a@${version}`));
    expect(seenMeanwhile).toEqual(['factors-a@1', 'factors-a@2', 'factors-a@3']);
  });

  it('leaves to one replica what it has in hand: the other calls no handler meanwhile', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let calls = 0;
    const hold = (): Promise<void> => {
      calls += 1;
      return held;
    };
    await Promise.all([start(hold), start(hold)]);
    log.append('factors-a', 1);
    // The other was turned away, came again, and waits for the offset.
    await eventually(
      () => database.query("SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"),
      ({ length }) => length > 0,
    );
    expect(calls).toBe(1);
    letGo();
    expect(await effectsWhen(1)).toEqual(['factors-a@1']);
  });

  it('I6 refuses handlers that would never be called', () => {
    const transport = new PostgresLogStrategy({
      consumer: 'audit',
      database,
      sources: [],
      logger: silentLogger,
      metrics: noMetrics,
    });
    const handler = (): Promise<void> => Promise.resolve();
    expect(() => transport.addHandler('factor.enroled', handler, true)).toThrow(
      'no event has the type "factor.enroled"',
    );
    expect(() => transport.addHandler('factor.enrolled', handler, false)).toThrow('@EventPattern');
  });
});
