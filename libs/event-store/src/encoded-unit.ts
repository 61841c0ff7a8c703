import type { SideRow, StreamAppend, Unit } from '@cofactor/event-sourcing';

/** A unit as it goes to PostgreSQL: JSON as text, versions counted. */
export interface EncodedUnit {
  readonly streams: readonly EncodedStream[];
  readonly sideRows: readonly SideRow[];
}

interface EncodedStream {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly version: number;
  readonly stateVersion: number;
  readonly snapshot: string;
  readonly events: readonly EncodedEvent[];
}

interface EncodedEvent {
  readonly version: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly id: string;
  readonly at: string;
  readonly envelope: string;
  readonly data: string;
}

/** JSON has no word for undefined; null says the same. */
const json = (value: unknown): string => JSON.stringify(value) ?? 'null';

function encodeStream({ stream, expectedVersion, events, snapshot }: StreamAppend): EncodedStream {
  return {
    stream,
    expectedVersion,
    version: expectedVersion + events.length,
    stateVersion: snapshot.stateVersion,
    snapshot: json(snapshot.state),
    events: events.map(({ type, schemaVersion, id, at, envelope, data }, index) => ({
      version: expectedVersion + index + 1,
      type,
      schemaVersion,
      id,
      at,
      envelope: json(envelope),
      data: json(data),
    })),
  };
}

/**
 * Encodes a unit by itself, so that one that cannot be written down (a cycle, a BigInt) fails its own caller only.
 * Throws for a unit that names a stream twice.
 */
export function encodeUnit({ streams, sideRows = [] }: Unit): EncodedUnit {
  if (new Set(streams.map(({ stream }) => stream)).size !== streams.length) {
    throw new Error('a stream stands in a unit twice');
  }
  return { streams: streams.map(encodeStream), sideRows };
}
