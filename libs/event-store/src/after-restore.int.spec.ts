import { handleCommand, loadState, type Decider, type DomainEvent, type Recorder } from '@cofactor/event-sourcing';
import type { Fact } from '@cofactor/contracts';
import { resumeLog } from './after-restore';
import { PostgresEventStore } from './postgres-event-store';
import { PostgresFactLog } from './postgres-fact-log';
import { aRefusal, at, aUnit, envelope, service, startTestLog, type TestLog } from './test-log';

let log: TestLog;
let store: PostgresEventStore;
let facts: PostgresFactLog;

beforeAll(async () => {
  log = await startTestLog();
  store = new PostgresEventStore({ database: log.database, service });
  facts = new PostgresFactLog({ database: log.database, service });
});
afterAll(() => log.close());

const lost = (stream: string, id: string): Fact => ({
  ...aRefusal(),
  id,
  service,
  stream,
  position: 99,
  epoch: 1,
  version: 77,
});
const places = async () =>
  (await facts.readAll(0, 100)).map(({ id, stream, version, position, epoch }) => ({
    id,
    place: `${stream}@${version} ${position}`,
    isFirst: epoch === 1,
  }));

/** Counts. */
const counting: Decider<number, never, DomainEvent> = {
  initialState: 0,
  stateVersion: 1,
  decide: () => [],
  evolve: (count) => count + 1,
};

it('§6.12 facts that a restored log lacks are committed again, once, and count in a newer epoch', async () => {
  await store.append(aUnit('credential-a'));
  await store.append(aUnit('credential-a', 1));
  const [first, second] = await facts.readAll(0, 100);
  if (!first || !second) throw new Error('two facts were appended');

  const lostFacts = [
    second,
    lost('credential-b', 'lost-1'),
    lost('credential-a', 'lost-2'),
    lost('credential-a', 'lost-3'),
  ];
  const known = { facts: lostFacts, epoch: 1 };
  expect(await resumeLog(log.owner, service, known)).toBe(3);
  expect(await resumeLog(log.owner, service, known)).toBe(0);

  expect(await places()).toEqual([
    { id: first.id, place: 'credential-a@1 1', isFirst: true },
    { id: second.id, place: 'credential-a@2 2', isFirst: true },
    { id: 'lost-1', place: 'credential-b@1 3', isFirst: false },
    { id: 'lost-2', place: 'credential-a@3 4', isFirst: false },
    { id: 'lost-3', place: 'credential-a@4 5', isFirst: false },
  ]);
  expect(await loadState(store, counting, 'credential-a')).toEqual({ version: 4, state: 4 });
});

it('I8 §6.12 a write names the epoch in which its version was given out', async () => {
  const refusing: Decider<number, null, DomainEvent> = { ...counting, decide: () => [aRefusal()] };
  // As a service that has started after the restore.
  const recorder: Recorder = {
    store: new PostgresEventStore({ database: log.database, service }),
    now: () => new Date(at),
    newId: () => 'written-after',
    asWritten: ({ data }) => ({ schemaVersion: 1, data, asRead: data }),
  };
  const command = () => null;
  const { position } = await handleCommand(recorder, refusing, 'credential-d', command, () => envelope);
  expect(position).toBe(`credential-d@1.${await facts.epoch()}`);
});

it('§6.12 an epoch is larger than every one before, also than those that a backup does not know of', async () => {
  const before = await facts.epoch();
  expect(before).toBeGreaterThan(1_700_000_000);
  await resumeLog(log.owner, service, { facts: [], epoch: 1 });
  expect(await facts.epoch()).toBeGreaterThan(before);
  const later = (await facts.epoch()) + 1_000;
  await resumeLog(log.owner, service, { facts: [], epoch: later });
  expect(await facts.epoch()).toBe(later + 1);
});

it('§6.12 no epoch begins where the facts that were lost cannot be committed again', async () => {
  const before = await facts.epoch();
  const unreadable = { ...lost('credential-c', 'lost-4'), at: 'never' };
  await expect(resumeLog(log.owner, service, { facts: [unreadable], epoch: 1 })).rejects.toThrow();
  expect(await facts.epoch()).toBe(before);
});

it('§6.12 a service cannot begin an epoch', async () => {
  await expect(resumeLog(log.database, service, { facts: [], epoch: 1 })).rejects.toMatchObject({ code: '42501' });
});
