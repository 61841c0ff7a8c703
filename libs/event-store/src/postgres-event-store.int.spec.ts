import { ConcurrencyConflict, loadState, UnreadableEvent, type Decider } from '@cofactor/event-sourcing';
import { PostgresEventStore } from './postgres-event-store';
import { isUniqueViolation } from './sql';
import { anAppend, aRefusal, at, aUnit, envelope, service, startTestLog, type TestLog } from './test-log';

jest.setTimeout(60_000);

let log: TestLog;
let store: PostgresEventStore;

beforeAll(async () => {
  log = await startTestLog();
  await log.owner.query('CREATE TABLE claims (claim text CONSTRAINT one_claim PRIMARY KEY, holder text)');
  await log.owner.query('GRANT SELECT, INSERT ON claims TO application');
  store = new PostgresEventStore({ database: log.database, service });
});
afterAll(() => log.close());

const aClaim = (claim: string) => ({
  sql: 'INSERT INTO claims (claim, holder) VALUES ($1, $2)',
  parameters: [claim, 'someone'],
});

describe('a stream', () => {
  it('that does not exist stands at version 0 without a snapshot', async () => {
    expect(await store.load('credential-none')).toEqual({ version: 0, snapshot: null });
    expect(await store.loadMany(['credential-none'])).toEqual(new Map());
    expect(await store.readStream('credential-none')).toEqual([]);
  });

  it('gives back what was appended, in order, with the newest snapshot', async () => {
    const [first, second, third] = [aRefusal({ reason: 'wrong' }), aRefusal({ note: 'ä 🩺 "\\' }), aRefusal()];
    await store.append({ streams: [anAppend('credential-1', 0, [first, second])] });
    await store.append({ streams: [anAppend('credential-1', 2, [third])] });
    expect(await store.load('credential-1')).toEqual({
      version: 3,
      snapshot: { stateVersion: 1, state: { failures: 3 } },
    });
    const many = await store.loadMany(['credential-none', 'credential-1']);
    expect(many).toEqual(new Map([['credential-1', await store.load('credential-1')]]));
    const history = await store.readStream('credential-1');
    expect(history.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(history.map(({ data }) => data)).toEqual([first.data, second.data, third.data]);
    expect(history[0]).toMatchObject({
      service,
      stream: 'credential-1',
      at,
      envelope,
      id: first.id,
      schemaVersion: first.schemaVersion,
    });
  });

  it('that moved on refuses an append, and says which it was', async () => {
    await store.append(aUnit('credential-moved'));
    const late = store.append({ streams: [anAppend('credential-free'), anAppend('credential-moved', 0)] });
    await expect(late).rejects.toEqual(new ConcurrencyConflict(['credential-moved']));
    expect((await store.load('credential-free')).version).toBe(0);
  });

  it('that is behind the expected version refuses an append', async () => {
    await expect(store.append(aUnit('credential-behind', 3))).rejects.toBeInstanceOf(ConcurrencyConflict);
  });

  it('stands in a unit once', async () => {
    const twice = { streams: [anAppend('credential-doubled'), anAppend('credential-doubled', 1)] };
    await expect(store.append(twice)).rejects.toThrow('a stream stands in a unit twice');
  });
});

describe('a snapshot', () => {
  const counting = (stateVersion: number): Decider<{ failures: number }, never, { type: string; data: unknown }> => ({
    initialState: { failures: 0 },
    stateVersion,
    decide: () => [],
    evolve: ({ failures }) => ({ failures: failures + 10 }),
  });

  it('§6.11 of the current state version is the state; of another one, the history is folded', async () => {
    await store.append({ streams: [anAppend('credential-snapshot', 0, [aRefusal(), aRefusal()])] });
    expect(await loadState(store, counting(1), 'credential-snapshot')).toEqual({ version: 2, state: { failures: 2 } });
    expect(await loadState(store, counting(2), 'credential-snapshot')).toEqual({ version: 2, state: { failures: 20 } });
  });
});

describe('an event that this release does not know', () => {
  beforeAll(async () => {
    await store.append({ streams: [anAppend('credential-newer', 0, [{ ...aRefusal(), schemaVersion: 99 }])] });
    await store.append({ streams: [anAppend('credential-unknown', 0, [{ ...aRefusal(), type: 'from.the-future' }])] });
  });

  it.each(['credential-newer', 'credential-unknown'])('§6.11 is never skipped in its stream (%s)', async (stream) => {
    await expect(store.readStream(stream)).rejects.toBeInstanceOf(UnreadableEvent);
  });

  it('comes through the log as it was written', async () => {
    const facts = await store.readAll(0, 10_000);
    expect(facts.find(({ stream }) => stream === 'credential-newer')?.schemaVersion).toBe(99);
    expect(facts.find(({ stream }) => stream === 'credential-unknown')?.type).toBe('from.the-future');
  });
});

describe('side rows', () => {
  const claims = async (claim: string) =>
    (await log.database.query('SELECT claim FROM claims WHERE claim = $1', [claim])).length;

  it('are committed with the events of their unit', async () => {
    await store.append(aUnit('credential-claiming', 0, [aClaim('a'), aClaim('b')]));
    expect([await claims('a'), await claims('b')]).toEqual([1, 1]);
  });

  it('are not there when the unit was refused', async () => {
    await store.append(aUnit('credential-held'));
    await expect(store.append(aUnit('credential-held', 0, [aClaim('refused')]))).rejects.toBeInstanceOf(
      ConcurrencyConflict,
    );
    expect(await claims('refused')).toBe(0);
  });

  it('that violate a constraint refuse the unit with the error of the database', async () => {
    await store.append(aUnit('credential-first-claim', 0, [aClaim('unique')]));
    const second = store.append(aUnit('credential-second-claim', 0, [aClaim('unique')]));
    const error: unknown = await second.catch((reason: unknown) => reason);
    expect([isUniqueViolation(error), isUniqueViolation(error, 'one_claim')]).toEqual([true, true]);
    expect(isUniqueViolation(error, 'another')).toBe(false);
    expect((await store.load('credential-second-claim')).version).toBe(0);
  });
});

describe('appending within a transaction', () => {
  it('commits with it', async () => {
    await log.database.transaction(async (transaction) => {
      await store.appendWithin(transaction, aUnit('credential-within', 0, [aClaim('within')]));
      await transaction.query("INSERT INTO claims VALUES ('reaction', 'reaction')");
    });
    expect((await store.load('credential-within')).version).toBe(1);
  });

  it('is rolled back with it, and leaves no gap (I1)', async () => {
    const before = await store.readAll(0, 10_000);
    const failed = log.database.transaction(async (transaction) => {
      await store.appendWithin(transaction, aUnit('credential-rolled-back'));
      throw new Error('reaction failed');
    });
    await expect(failed).rejects.toThrow('reaction failed');
    await store.append(aUnit('credential-after-rollback'));
    const [next, ...more] = await store.readAll(before.length, 10);
    expect(more).toEqual([]);
    expect(next).toMatchObject({ position: before.length + 1, stream: 'credential-after-rollback' });
  });

  it('throws a conflict', async () => {
    const conflicting = log.database.transaction((transaction) =>
      store.appendWithin(transaction, aUnit('credential-within', 0)),
    );
    await expect(conflicting).rejects.toBeInstanceOf(ConcurrencyConflict);
  });
});
