import type { Envelope, Fact } from '@cofactor/contracts';

/** An event with the id and the instant that it is to be committed with. */
export interface NewEvent {
  readonly id: string;
  readonly at: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly envelope: Envelope;
  readonly data: unknown;
}

export interface Snapshot {
  readonly stateVersion: number;
  readonly state: unknown;
}

/** What the appends of one stream add: it is refused unless the stream stands at `expectedVersion` (0: it is new). */
export interface StreamAppend {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly events: readonly NewEvent[];
  readonly snapshot: Snapshot;
}

/** A row that must be committed with the events: a session, a uniqueness claim, an idempotency key. */
export interface SideRow {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** All of it is committed, or none. No stream may stand in it twice. */
export interface Unit {
  readonly streams: readonly StreamAppend[];
  readonly sideRows?: readonly SideRow[];
}

export interface LoadedStream {
  readonly version: number;
  /** Null for a stream that does not exist. */
  readonly snapshot: Snapshot | null;
}

/** Another append to the stream came first: load again and decide again. */
export class ConcurrencyConflict extends Error {
  override readonly name = 'ConcurrencyConflict';
  constructor(readonly streams: readonly string[]) {
    super(`moved on meanwhile: ${streams.join(', ')}`);
  }
}

/** The log of one service. */
export interface EventStore {
  /** One read, however long the history. */
  load(stream: string): Promise<LoadedStream>;
  /** The same of many streams, in one read; those that do not exist are not in it. */
  loadMany(streams: readonly string[]): Promise<ReadonlyMap<string, LoadedStream>>;
  /**
   * Commits a unit and answers only then. Throws ConcurrencyConflict when a stream has moved, and the database's
   * own error when a payload or side row is refused; neither touches other units.
   */
  append(unit: Unit): Promise<void>;
  /** The history of a stream in order, lifted to the current schema versions. */
  readStream(stream: string): Promise<readonly Fact[]>;
  /** Facts with a position above `after`, in commit order, without gaps (I1), as they were written; at most `limit`. */
  readAll(after: number, limit: number): Promise<readonly Fact[]>;
  /** The epoch that the log is in; none begins while a service runs (docs/adr/0010). */
  epoch(): Promise<number>;
}
