import { eventDefinition, type Envelope, type Fact, type Service } from '@cofactor/contracts';
import { upcast } from '@cofactor/event-sourcing';

/** A row of `events`, as the store wrote it. */
export interface EventRow {
  readonly position: number;
  readonly epoch: number;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly schema_version: number;
  readonly id: string;
  readonly at: string;
  readonly envelope: Envelope;
  readonly data: unknown;
}

/** For a query on `events`. The epochs are a handful of rows. */
export const eventColumns = `position, stream, version, type, schema_version, id, at, envelope, data,
    (SELECT max(l.epoch) FROM log_epochs l WHERE l.after_position < events.position) AS epoch`;

const asFact = (service: Service, row: EventRow, schemaVersion: number, data: unknown): Fact => ({
  id: row.id,
  service,
  position: row.position,
  epoch: row.epoch,
  stream: row.stream,
  version: row.version,
  type: row.type,
  schemaVersion,
  at: row.at,
  envelope: row.envelope,
  data,
});

/** The fact at its current schema version (I5). Throws UnreadableEvent for one that this release does not know. */
export function readableFact(service: Service, row: EventRow): Fact {
  const definition = eventDefinition(row.type);
  const data = upcast(definition, row.type, row.schema_version, row.data);
  return asFact(service, row, definition?.version ?? row.schema_version, data);
}

/** The fact as it was written: to lift it, or to refuse it, is for whoever applies it. */
export const writtenFact = (service: Service, row: EventRow): Fact =>
  asFact(service, row, row.schema_version, row.data);
