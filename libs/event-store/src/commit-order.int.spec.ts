import { ConcurrencyConflict, type Unit } from '@cofactor/event-sourcing';
import { PostgresEventStore } from './postgres-event-store';
import { PostgresFactLog } from './postgres-fact-log';
import { anAppend, aUnit, service, startTestLog, type TestLog } from './test-log';

jest.setTimeout(60_000);

let log: TestLog;
let stores: readonly [PostgresEventStore, PostgresEventStore];
let reader: PostgresFactLog;

beforeAll(async () => {
  log = await startTestLog();
  stores = [
    new PostgresEventStore({ database: log.database, service, maximumBatch: 16 }),
    new PostgresEventStore({ database: await log.replica(), service, maximumBatch: 16 }),
  ];
  reader = new PostgresFactLog({ database: await log.replica(), service });
});
afterAll(() => log.close());

/** Reads on from its own checkpoint, as a consumer does, until `done` and nothing is left. */
async function follow(done: () => boolean): Promise<readonly number[]> {
  const seen: number[] = [];
  for (;;) {
    const finished = done();
    const facts = await reader.readAll(seen.at(-1) ?? 0, 50);
    seen.push(...facts.map(({ position }) => position));
    if (finished && facts.length === 0) return seen;
  }
}

const oneToN = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

it('I1: a reader sees every position once, without gaps, while two replicas and reactions append', async () => {
  let writing = true;
  const seen = follow(() => !writing);
  const append = async (writer: number): Promise<void> => {
    const store = stores[writer % 2 === 0 ? 0 : 1];
    for (let version = 0; version < 60; version += 1) await store.append(aUnit(`credential-${writer}`, version));
  };
  const react = async (): Promise<void> => {
    for (let version = 0; version < 60; version += 1) {
      const rolledBack = log.database.transaction(async (transaction) => {
        await stores[0].appendWithin(transaction, aUnit('credential-reaction', version));
        await transaction.query('SELECT pg_sleep(0.003)');
        if (version >= 30) throw new Error('rolled back');
      });
      if (version >= 30) {
        await expect(rolledBack).rejects.toThrow();
        break;
      }
      await rolledBack;
    }
  };
  const refuse = async (): Promise<void> => {
    for (let number = 0; number < 60; number += 1) {
      await expect(stores[1].append(aUnit(`credential-refused-${number}`, 7))).rejects.toBeInstanceOf(
        ConcurrencyConflict,
      );
    }
  };
  await Promise.all([...oneToN(16).map(append), react(), refuse()]);
  writing = false;
  expect(await seen).toEqual(oneToN(16 * 60 + 30));
  expect(await reader.head()).toBe(16 * 60 + 30);
});

it('I1: a unit that was rolled back reaches nobody, and its position is given to the next', async () => {
  const head = await reader.head();
  const rolledBack = log.database.transaction(async (transaction) => {
    await stores[0].appendWithin(transaction, aUnit('credential-gone'));
    throw new Error('rolled back');
  });
  await expect(rolledBack).rejects.toThrow('rolled back');
  await stores[1].append(aUnit('credential-next'));
  const facts = await reader.readAll(head, 10);
  expect(facts.map(({ position, stream }) => [position, stream])).toEqual([[head + 1, 'credential-next']]);
});

it('§6.5: overlapping units of several streams from two replicas never deadlock in over 1,200 batches', async () => {
  const streams = Array.from({ length: 12 }, (_, index) => `credential-shared-${index}`);
  const versions = new Map(streams.map((stream) => [stream, 0]));
  let conflicts = 0;
  let appended = 0;
  const append = async (writer: number): Promise<void> => {
    for (let round = 0; round < 300; round += 1) {
      const start = (writer * 5 + round * 7) % streams.length;
      const order = [...streams.slice(start), ...streams.slice(0, start)].slice(0, 3);
      const chosen = writer % 2 === 0 ? order : order.reverse();
      const unit: Unit = { streams: chosen.map((stream) => anAppend(stream, versions.get(stream) ?? 0)) };
      try {
        await stores[writer % 2 === 0 ? 0 : 1].append(unit);
        appended += 1;
        for (const { stream, expectedVersion } of unit.streams) versions.set(stream, expectedVersion + 1);
      } catch (error) {
        if (!(error instanceof ConcurrencyConflict)) throw error;
        conflicts += 1;
        for (const stream of chosen) versions.set(stream, (await stores[0].load(stream)).version);
      }
    }
  };
  await Promise.all(oneToN(16).map(append));
  expect(appended + conflicts).toBe(4_800);
  const [sum] = await log.database.query<{ sum: number }>(
    "SELECT sum(version)::int AS sum FROM streams WHERE stream LIKE 'credential-shared-%'",
  );
  expect(sum).toEqual({ sum: appended * 3 });
});

it('I2: of 50 parallel appends at one version, over two replicas, one succeeds', async () => {
  const tries = oneToN(50).map((number) => stores[number % 2 === 0 ? 0 : 1].append(aUnit('credential-once')));
  const settled = await Promise.allSettled(tries);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect((await stores[0].readStream('credential-once')).length).toBe(1);
});
