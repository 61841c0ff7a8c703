import { positionText, type Envelope } from '@cofactor/contracts';
import { evolveWith, type Decider, type DomainEvent } from './decider';
import {
  ConcurrencyConflict,
  type EventStore,
  type LoadedStream,
  type NewEvent,
  type SideRow,
  type StreamAppend,
} from './event-store';
import type { WrittenEvent } from './upcast';

/** What a handler needs beside the decider: ids and time come from here, so that domain code stays pure. */
export interface Recorder {
  readonly store: EventStore;
  readonly now: () => Date;
  readonly newId: () => string;
  /** An event in the version in which this release writes it, from its contract entry. */
  readonly asWritten: (event: DomainEvent) => WrittenEvent;
}

export interface Loaded<State> {
  readonly version: number;
  readonly state: State;
}

/**
 * The current state of a stream: its snapshot, or its folded history where another release wrote the snapshot, whether
 * an older or a newer one. Throws UnreadableEvent where that history holds what this release cannot read (DESIGN §6.11).
 */
export async function loadState<State, Command, Event extends DomainEvent>(
  store: EventStore,
  decider: Decider<State, Command, Event>,
  stream: string,
): Promise<Loaded<State>> {
  return stateOf(store, decider, stream, await store.load(stream));
}

/** The same of many streams, in the order in which they were named: one read, but for those that are folded anew. */
export async function loadStates<State, Command, Event extends DomainEvent>(
  store: EventStore,
  decider: Decider<State, Command, Event>,
  streams: readonly string[],
): Promise<readonly State[]> {
  const found = await store.loadMany(streams);
  const states: State[] = [];
  for (const stream of streams) {
    const { state } = await stateOf(store, decider, stream, found.get(stream) ?? { version: 0, snapshot: null });
    states.push(state);
  }
  return states;
}

async function stateOf<State, Command, Event extends DomainEvent>(
  store: EventStore,
  decider: Decider<State, Command, Event>,
  stream: string,
  { version, snapshot }: LoadedStream,
): Promise<Loaded<State>> {
  if (snapshot === null) return { version: 0, state: decider.initialState };
  // The snapshot was written by this decider at this state version.
  if (snapshot.stateVersion === decider.stateVersion) return { version, state: snapshot.state as State };
  const history = await store.readStream(stream);
  const dated = history.map((fact) => ({ event: { type: fact.type, data: fact.data } as Event, at: fact.at }));
  return { version: history.length, state: evolveWith(decider, decider.initialState, dated) };
}

/** One stream's part of a unit: the events that were decided, as they are written, and the state after them. */
export function streamAppend<State, Command, Event extends DomainEvent>(
  recorder: Recorder,
  decider: Decider<State, Command, Event>,
  stream: string,
  loaded: Loaded<State>,
  events: readonly Event[],
  envelopeOf: (event: Event) => Envelope,
): { readonly append: StreamAppend; readonly state: State } {
  const at = recorder.now().toISOString();
  const written = events.map((event) => ({ event, ...recorder.asWritten(event) }));
  const recorded: NewEvent[] = written.map(({ event, schemaVersion, data }) => ({
    id: recorder.newId(),
    at,
    type: event.type,
    schemaVersion,
    envelope: envelopeOf(event),
    data,
  }));
  const state = evolveWith(
    decider,
    loaded.state,
    // The same event, as the upcaster gives it back.
    written.map(({ event, asRead }) => ({ event: { ...event, data: asRead }, at })),
  );
  return {
    state,
    append: {
      stream,
      expectedVersion: loaded.version,
      events: recorded,
      snapshot: { stateVersion: decider.stateVersion, state },
    },
  };
}

/** Where a stream stands at a version, as Cofactor-Position names it. */
export const positionAt = async (store: EventStore, stream: string, version: number): Promise<string> =>
  positionText({ stream, version, epoch: await store.epoch() });

export interface Handled<State, Event> {
  readonly state: State;
  readonly events: readonly Event[];
  /** As Cofactor-Position names it. */
  readonly position: string;
}

/** What is committed together with the events of a command: appends to other streams, and rows. */
export interface Besides {
  readonly streams?: readonly StreamAppend[];
  readonly sideRows?: readonly SideRow[];
}

const attempts = 25;

/**
 * Runs one command on one stream: load, effects (`prepare`), decide, append. When another append came first, all of
 * it is done again on the newer state, so that of two uses of one code the second sees the first.
 */
export async function handleCommand<State, Command, Event extends DomainEvent>(
  recorder: Recorder,
  decider: Decider<State, Command, Event>,
  stream: string,
  prepare: (state: State) => Command | Promise<Command>,
  envelopeOf: (event: Event) => Envelope,
  besides: (events: readonly Event[], state: State, position: string) => Besides = () => ({}),
): Promise<Handled<State, Event>> {
  for (let attempt = 1; ; attempt += 1) {
    const loaded = await loadState(recorder.store, decider, stream);
    const events = decider.decide(loaded.state, await prepare(loaded.state));
    const { append, state } = streamAppend(recorder, decider, stream, loaded, events, envelopeOf);
    const position = await positionAt(recorder.store, stream, loaded.version + events.length);
    if (events.length === 0) return { state, events, position };
    try {
      const { streams = [], sideRows = [] } = besides(events, state, position);
      await recorder.store.append({ streams: [append, ...streams], sideRows });
      return { state, events, position };
    } catch (error) {
      if (!(error instanceof ConcurrencyConflict) || attempt === attempts) throw error;
    }
  }
}
