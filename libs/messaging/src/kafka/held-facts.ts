import type { ConsumerDatabase } from '../consumer-database';

/** A committed fact that the relay has not published, because it or an earlier one of its stream is too large. */
export interface HeldFact {
  readonly topic: string;
  /** In the log of the service. */
  readonly position: number;
  readonly stream: string;
  readonly state: 'held' | 'waiting';
  /** ISO 8601, UTC. */
  readonly nextAttemptAt: string;
}

/** All facts that the relay of this database holds back, by topic, stream and position. The relay may run meanwhile. */
export function heldFacts(database: ConsumerDatabase): Promise<readonly HeldFact[]> {
  return database.query<HeldFact>(
    `SELECT topic, position, stream,
       CASE WHEN position = min(position) OVER (PARTITION BY topic, stream) THEN 'held' ELSE 'waiting' END AS state,
       to_char(next_attempt_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "nextAttemptAt"
     FROM relay_held ORDER BY topic, stream, position`,
  );
}
