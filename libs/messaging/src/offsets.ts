import type { Sql } from '@cofactor/event-store';

/** Where a consumer stands in a log. */
export interface Stand {
  /** Everything up to here was taken; 0 for nothing. */
  readonly position: number;
  /** The making of the log in which it stands. */
  readonly generation: number;
}

export interface TakenUpTo extends Stand {
  /** The largest position that was ever taken: above `position` when that was set back. */
  readonly furthest: number;
}

const claimOffsets = `SELECT source, position, generation, furthest FROM consumer_offsets
    WHERE consumer = $1 AND source = ANY ($2::text[]) FOR UPDATE SKIP LOCKED`;
const moveOffsets = `UPDATE consumer_offsets o
    SET position = moved.position, furthest = greatest(o.furthest, moved.position)
    FROM unnest($2::text[], $3::bigint[]) AS moved (log, position)
    WHERE o.consumer = $1 AND o.source = moved.log`;

/** Where a consumer stands in each log: that of a service, or a partition of its topic. */
export class Offsets {
  constructor(private readonly consumer: string) {}

  /** The position up to which everything was taken; 0 for a consumer that is new. Waits for a batch in work. */
  async current(sql: Sql, log: string): Promise<number> {
    const [row] = await sql.query<{ position: number }>(
      `INSERT INTO consumer_offsets (consumer, source) VALUES ($1, $2)
       ON CONFLICT (consumer, source) DO UPDATE SET position = consumer_offsets.position RETURNING position`,
      [this.consumer, log],
    );
    return row?.position ?? 0;
  }

  /** Where the consumer stands in each of the logs, begun at 0 where it is new. Waits for nobody. */
  async stands(sql: Sql, logs: readonly string[]): Promise<ReadonlyMap<string, Stand>> {
    await sql.query(
      `INSERT INTO consumer_offsets (consumer, source) SELECT $1, log FROM unnest($2::text[]) AS log
       ON CONFLICT (consumer, source) DO NOTHING`,
      [this.consumer, logs],
    );
    return this.known(sql, logs);
  }

  /** As `stands`, without the logs in which it is new. */
  async known(sql: Sql, logs: readonly string[]): Promise<ReadonlyMap<string, Stand>> {
    const rows = await sql.query<Stand & { source: string }>(
      'SELECT source, position, generation FROM consumer_offsets WHERE consumer = $1 AND source = ANY ($2::text[])',
      [this.consumer, logs],
    );
    return new Map(rows.map(({ source, position, generation }) => [source, { position, generation }]));
  }

  /** Locks the offsets to the end of the transaction, without those that another replica holds. */
  async claim(transaction: Sql, logs: readonly string[]): Promise<ReadonlyMap<string, TakenUpTo>> {
    const rows = await transaction.query<TakenUpTo & { source: string }>(claimOffsets, [this.consumer, logs]);
    return new Map(rows.map(({ source, ...taken }) => [source, taken]));
  }

  /** Moves each log to its position. */
  async move(transaction: Sql, positions: ReadonlyMap<string, number>): Promise<void> {
    await transaction.query(moveOffsets, [this.consumer, [...positions.keys()], [...positions.values()]]);
  }

  /** Sets the consumer to another place of the log, or of a new making of it, unless it has moved from `from`. */
  async restart(sql: Sql, log: string, from: Stand, to: Stand): Promise<void> {
    await sql.query(
      `UPDATE consumer_offsets SET position = $5, generation = $6, furthest = greatest(furthest, $5)
       WHERE consumer = $1 AND source = $2 AND position = $3 AND generation = $4`,
      [this.consumer, log, from.position, from.generation, to.position, to.generation],
    );
  }
}
