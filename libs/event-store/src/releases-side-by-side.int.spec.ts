import { challengeEvents, eventDefinition, type EventDefinition } from '@cofactor/contracts';
import {
  asWritten,
  handleCommand,
  loadState,
  UnreadableEvent,
  type Decider,
  type DomainEvent,
  type Recorder,
} from '@cofactor/event-sourcing';
import { PostgresEventStore } from './postgres-event-store';
import { anAppend, aRefusal, at, envelope, service, startTestLog, type TestLog } from './test-log';

let log: TestLog;
beforeAll(async () => (log = await startTestLog()));
afterAll(() => log.close());

interface Refusals {
  readonly refused: readonly string[];
}
type Refuse = (reason: string) => DomainEvent;

/** A release of a service: how it writes an event, what it keeps of it, and at which version of its state. */
class Release {
  private readonly store = new PostgresEventStore({ database: log.database, service });
  private readonly recorder: Recorder;
  private readonly decider: Decider<Refusals, string, DomainEvent>;

  constructor(definition: EventDefinition, stateVersion: number, refuse: Refuse, kept: (data: unknown) => string) {
    let ids = 0;
    this.recorder = {
      store: this.store,
      now: () => new Date(at),
      newId: () => `release-${stateVersion}-${(ids += 1)}`,
      asWritten: ({ type, data }) => asWritten(definition, type, data),
    };
    this.decider = {
      initialState: { refused: [] },
      stateVersion,
      decide: (_state, reason) => [refuse(reason)],
      evolve: ({ refused }, { data }) => ({ refused: [...refused, kept(data)] }),
    };
  }

  refuse = (stream: string, reason: string) =>
    handleCommand(
      this.recorder,
      this.decider,
      stream,
      () => reason,
      () => envelope,
    );

  refused = async (stream: string) => (await loadState(this.store, this.decider, stream)).state.refused;
  history = (stream: string) => this.store.readStream(stream);
}

const { challengeRefused } = challengeEvents;
const type = challengeRefused.type;
const next: EventDefinition = {
  ...challengeRefused,
  version: challengeRefused.version + 1,
  upcasters: [...challengeRefused.upcasters, (data) => ({ ...(data as object), from: null })],
  writing: { kind: 'version-before', downcast: (data) => ({ reason: (data as { reason: string }).reason }) },
};
const keepsReason = (data: unknown): string => (data as { reason: string }).reason;
const keepsBoth = (data: unknown): string => {
  const { reason, from } = data as { reason: string; from: string | null };
  return `${reason} from ${from}`;
};
const olderRelease = () => new Release(challengeRefused, 1, (reason) => ({ type, data: { reason } }), keepsReason);
const newerRelease = () => new Release(next, 2, (reason) => ({ type, data: { reason, from: 'elsewhere' } }), keepsBoth);

/** As in a release whose contract entry of the event is this one: histories are read by it. */
async function reading<Result>(definition: EventDefinition, read: () => Promise<Result>): Promise<Result> {
  const entry = eventDefinition(type);
  const asItIs = { ...entry };
  Object.assign(entry ?? {}, definition);
  return read().finally(() => Object.assign(entry ?? {}, asItIs));
}

describe('§6.11 two releases of a service write to the same stream in turn', () => {
  const stream = 'credential-side-by-side';

  it('and each reads all of it, forward and back', async () => {
    const [older, newer] = [olderRelease(), newerRelease()];
    await older.refuse(stream, 'wrong');
    // Forward: an older snapshot and an older event.
    expect(await reading(next, () => newer.refused(stream))).toEqual(['wrong from null']);
    await reading(next, () => newer.refuse(stream, 'expired'));
    // Back: a newer snapshot, and an event of the version that both know.
    expect(await older.refused(stream)).toEqual(['wrong', 'expired']);
    await older.refuse(stream, 'already-used');
    const all = ['wrong from null', 'expired from null', 'already-used from null'];
    expect(await reading(next, () => newer.refused(stream))).toEqual(all);
  });

  it('as the older one can read it', async () => {
    const history = await olderRelease().history(stream);
    expect(history.map(({ schemaVersion, data }) => [schemaVersion, data])).toEqual([
      [challengeRefused.version, { reason: 'wrong' }],
      [challengeRefused.version, { reason: 'expired' }],
      [challengeRefused.version, { reason: 'already-used' }],
    ]);
  });

  it('and a snapshot is what the history gives, also where the event held more when it was decided', async () => {
    const newer = newerRelease();
    const { state } = await reading(next, () => newer.refuse('credential-decided', 'wrong'));
    expect(state.refused).toEqual(['wrong from null']);
    expect(await reading(next, () => newer.refused('credential-decided'))).toEqual(['wrong from null']);
  });
});

describe('§6.11 a stream that holds an event of a later release', () => {
  it('is unavailable, whatever its snapshot, and no other one is', async () => {
    const older = olderRelease();
    const written = { ...aRefusal(), schemaVersion: next.version };
    const store = new PostgresEventStore({ database: log.database, service });
    const append = anAppend('credential-later', 0, [written]);
    await store.append({ streams: [{ ...append, snapshot: { stateVersion: 2, state: { refused: [] } } }] });

    await expect(older.refused('credential-later')).rejects.toBeInstanceOf(UnreadableEvent);
    await expect(older.refuse('credential-later', 'wrong')).rejects.toBeInstanceOf(UnreadableEvent);
    expect((await store.load('credential-later')).version).toBe(1);
    await older.refuse('credential-beside', 'wrong');
    expect(await older.refused('credential-beside')).toEqual(['wrong']);
  });
});
