import type { Sql } from '@cofactor/event-store';

export interface TakenUpTo {
  /** Everything up to here was taken; 0 for nothing. */
  readonly position: number;
  /** The largest position that was ever taken: above `position` when an operator has set that back. */
  readonly furthest: number;
}

const claimOffset = `SELECT position, furthest FROM consumer_offsets
    WHERE consumer = $1 AND source = $2 FOR UPDATE SKIP LOCKED`;
const moveOffset = `UPDATE consumer_offsets SET position = $3, furthest = greatest(furthest, $3)
    WHERE consumer = $1 AND source = $2`;

/** Where a consumer stands in the log of one source. */
export class Offsets {
  constructor(private readonly consumer: string) {}

  /** The position up to which everything was taken; 0 for a consumer that is new. */
  async current(sql: Sql, source: string): Promise<number> {
    const [row] = await sql.query<{ position: number }>(
      `INSERT INTO consumer_offsets (consumer, source) VALUES ($1, $2)
       ON CONFLICT (consumer, source) DO UPDATE SET position = consumer_offsets.position RETURNING position`,
      [this.consumer, source],
    );
    return row?.position ?? 0;
  }

  /** Locks the offset to the end of the transaction; null when another replica holds it. */
  async claim(transaction: Sql, source: string): Promise<TakenUpTo | null> {
    const [row] = await transaction.query<TakenUpTo>(claimOffset, [this.consumer, source]);
    return row ?? null;
  }

  async move(transaction: Sql, source: string, position: number): Promise<void> {
    await transaction.query(moveOffset, [this.consumer, source, position]);
  }
}
