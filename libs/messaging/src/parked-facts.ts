import type { Fact } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';
import { delayAfter, type RetryPlan } from './backoff';
import { factGap, failureText } from './failures';

/** A fact that failed before and is due for its next try. */
export interface DueFact {
  readonly id: string;
  readonly fact: Fact;
  readonly attempts: number;
}

const anyParked = `SELECT EXISTS (SELECT FROM dead_letters
    WHERE consumer = $1 AND source = ANY ($2::text[]) AND state <> 'discarded')`;

/** Facts that were put aside before epochs were named name none. */
export const epochOf = (fact: string): string => `coalesce((${fact} ->> 'epoch')::bigint, 1)`;
/** One that is there already stays, unless it is of an epoch that ended: then its version was given out again. */
const orGivesWay = `ON CONFLICT (consumer, source, stream, version) DO UPDATE SET fact = excluded.fact, changed_at = now(),
         state = CASE dead_letters.state WHEN 'discarded' THEN excluded.state ELSE dead_letters.state END
       WHERE ${epochOf('dead_letters.fact')} < ${epochOf('excluded.fact')}`;

/** The facts that a consumer has put aside: those that failed, and those of the same stream that wait behind them. */
export class ParkedFacts {
  constructor(
    private readonly consumer: string,
    private readonly plan: RetryPlan,
  ) {}

  /** Whether any fact of these sources is put aside. */
  async any(sql: Sql, sources: readonly string[]): Promise<boolean> {
    const [row] = await sql.query<{ exists: boolean }>(anyParked, [this.consumer, sources]);
    return row?.exists === true;
  }

  /** Puts a fact aside that failed for the first time. Answers what becomes of it. */
  async setAside(transaction: Sql, fact: Fact, error: unknown): Promise<'retrying' | 'dead'> {
    const delay = delayAfter(1, this.plan);
    const { name, code, message } = failureText(error);
    const state = delay === null ? 'dead' : 'retrying';
    await transaction.query(
      `INSERT INTO dead_letters (consumer, source, stream, version, fact, state, attempts, next_attempt_at,
         error_name, error_code, error_message)
       VALUES ($1, $2, $3, $4, $5, $6, 1, now() + make_interval(secs => $7), $8, $9, $10)
       ${orGivesWay}`,
      [this.consumer, fact.service, fact.stream, fact.version, JSON.stringify(fact), state, delay, name, code, message],
    );
    return state;
  }

  /** Keeps facts behind an earlier one of their stream. */
  async keepWaiting(transaction: Sql, source: string, facts: readonly Fact[]): Promise<void> {
    if (facts.length === 0) return;
    await transaction.query(
      `INSERT INTO dead_letters (consumer, source, stream, version, fact, state, attempts)
       SELECT $1, $2, fact ->> 'stream', (fact ->> 'version')::int, fact, 'waiting', 0
       FROM jsonb_array_elements($3::jsonb) AS fact
       ${orGivesWay}`,
      [this.consumer, source, JSON.stringify(facts)],
    );
  }

  /** The ids of facts whose next try is due, those that waited longest first. */
  async due(sql: Sql, source: string, limit: number): Promise<string[]> {
    const rows = await sql.query<{ id: string }>(
      `SELECT id FROM dead_letters
       WHERE consumer = $1 AND source = $2 AND state = 'retrying' AND next_attempt_at <= now()
       ORDER BY next_attempt_at, id LIMIT $3`,
      [this.consumer, source, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Seconds to the next try of a fact of this source; null when none is planned. */
  async secondsToNext(sql: Sql, source: string): Promise<number | null> {
    const [row] = await sql.query<{ seconds: number | null }>(
      `SELECT extract(epoch FROM min(next_attempt_at) - now())::float8 AS seconds FROM dead_letters
       WHERE consumer = $1 AND source = $2 AND state = 'retrying'`,
      [this.consumer, source],
    );
    return row?.seconds ?? null;
  }

  /** Locks the fact to the end of the transaction, if it is still due and nobody else is at work on it. */
  async take(transaction: Sql, id: string): Promise<DueFact | null> {
    const [row] = await transaction.query<DueFact>(
      `SELECT id, jsonb_build_object('epoch', 1) || fact AS fact, attempts FROM dead_letters
       WHERE id = $1 AND state = 'retrying' AND next_attempt_at <= now() FOR UPDATE SKIP LOCKED`,
      [id],
    );
    return row ?? null;
  }

  /** Notes a further failure. */
  async failedAgain(transaction: Sql, due: DueFact, error: unknown): Promise<'retrying' | 'dead'> {
    const attempts = due.attempts + 1;
    const delay = delayAfter(attempts, this.plan);
    const state = delay === null ? 'dead' : 'retrying';
    const { name, code, message } = failureText(error);
    await transaction.query(
      `UPDATE dead_letters SET state = $2, attempts = $3, next_attempt_at = now() + make_interval(secs => $4),
         error_name = $5, error_code = $6, error_message = $7, changed_at = now()
       WHERE id = $1`,
      [due.id, state, attempts, delay, name, code, message],
    );
    return state;
  }

  /** Forgets a fact that took effect and is in the inbox, and makes the one behind it due. */
  async succeeded(transaction: Sql, { id, fact }: DueFact): Promise<void> {
    await transaction.query(`DELETE FROM dead_letters WHERE id = $1`, [id]);
    await this.releaseNext(transaction, fact.service, fact.stream);
  }

  releaseNext(transaction: Sql, source: string, stream: string): Promise<void> {
    return releaseNext(transaction, this.consumer, source, stream);
  }
}

/**
 * Makes the first fact of a stream that is put aside due, if it waits with nothing before it any more, or was put aside
 * for want of a fact that has come since.
 */
export async function releaseNext(transaction: Sql, consumer: string, source: string, stream: string): Promise<void> {
  await transaction.query(
    `UPDATE dead_letters SET state = 'retrying', attempts = 0, next_attempt_at = now(), changed_at = now()
     WHERE id = (
       SELECT id FROM dead_letters
       WHERE consumer = $1 AND source = $2 AND stream = $3 AND state <> 'discarded' ORDER BY version LIMIT 1)
     AND (state = 'waiting' OR error_name = $4 AND version = (
       SELECT version + 1 FROM inbox WHERE consumer = $1 AND source = $2 AND stream = $3))`,
    [consumer, source, stream, factGap],
  );
}
