import type { Fact, Service } from '@cofactor/contracts';
import type { Database } from './database';
import { PostgresEventStore } from './postgres-event-store';
import type { Sql } from './sql';

/**
 * Begins a new epoch of a log that came back from a backup, so that consumers take facts for new whose positions and
 * versions had been given out before (DESIGN §6.12). It is numbered by the clock, since a backup does not know of epochs
 * that began after it. As the owner of the tables, before any service runs.
 */
export async function raiseEpoch(sql: Sql): Promise<void> {
  await sql.query(
    `INSERT INTO log_epochs (epoch, after_position)
     SELECT (SELECT greatest(max(epoch) + 1, extract(epoch FROM now())::bigint) FROM log_epochs), position
       FROM log_head`,
  );
}

/** No decider has it: the next command folds the stream from its history. */
const unfolded = { stateVersion: 0, state: null };

/**
 * Commits facts again that a log has lost, with the ids and instants that they had, each at the end of its stream, in
 * the order given; facts that the log has are passed over. All of it or nothing. Answers how many were missing.
 */
export async function commitAgain(database: Database, service: Service, facts: readonly Fact[]): Promise<number> {
  const store = new PostgresEventStore({ database, service });
  return database.transaction(async (transaction) => {
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
  });
}
