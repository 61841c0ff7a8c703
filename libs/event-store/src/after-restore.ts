import type { Fact, Service } from '@cofactor/contracts';
import type { Database } from './database';
import { PostgresEventStore } from './postgres-event-store';
import type { Sql } from './sql';

/** What of a log that came back from a backup is known elsewhere. */
export interface KnownElsewhere {
  /** Facts that it may have lost, in their order. */
  readonly facts: readonly Fact[];
  /** The newest of its epochs that anybody has seen. */
  readonly epoch: number;
}

/**
 * Begins a new epoch of a log that came back from a backup, so that consumers take facts for new whose positions and
 * versions had been given out before (DESIGN §6.12), and in it commits facts again that the log has lost, with the ids
 * and instants that they had, each at the end of its stream; facts that the log has are passed over. All of it or
 * nothing: a log in a new epoch has them. As the owner of the tables, before any service runs. Answers how many were
 * missing.
 */
export async function resumeLog(database: Database, service: Service, known: KnownElsewhere): Promise<number> {
  return database.transaction(async (transaction) => {
    await raiseEpoch(transaction, known.epoch);
    return commitMissing(transaction, new PostgresEventStore({ database, service }), known.facts);
  });
}

/** Numbered by the clock, since a backup does not know of epochs that began after it. */
async function raiseEpoch(transaction: Sql, known: number): Promise<void> {
  await transaction.query(
    `INSERT INTO log_epochs (epoch, after_position)
     SELECT (SELECT greatest(max(epoch) + 1, $1::bigint + 1, extract(epoch FROM now())::bigint) FROM log_epochs), position
       FROM log_head`,
    [known],
  );
}

/** No decider has it: the next command folds the stream from its history. */
const unfolded = { stateVersion: 0, state: null };

async function commitMissing(transaction: Sql, store: PostgresEventStore, facts: readonly Fact[]): Promise<number> {
  const rows = await transaction.query<{ id: string }>('SELECT id FROM events WHERE id = ANY ($1::text[])', [
    facts.map(({ id }) => id),
  ]);
  const present = new Set(rows.map(({ id }) => id));
  const missing = facts.filter(({ id }) => !present.has(id));
  const streams = [...new Set(missing.map(({ stream }) => stream))];
  const versions = await transaction.query<{ stream: string; version: number }>(
    'SELECT stream, version FROM streams WHERE stream = ANY ($1::text[])',
    [streams],
  );
  const versionOf = new Map(versions.map(({ stream, version }) => [stream, version]));
  await store.appendWithin(transaction, {
    streams: streams.map((stream) => ({
      stream,
      expectedVersion: versionOf.get(stream) ?? 0,
      events: missing.filter((fact) => fact.stream === stream),
      snapshot: unfolded,
    })),
  });
  return missing.length;
}
