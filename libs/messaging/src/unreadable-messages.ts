import type { Service } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';
import type { ConsumerDatabase } from './consumer-database';
import { DeadLetterRefused } from './dead-letters';
import type { FactBatch, LogEntry } from './fact-batch';

/** A message that was passed over because it is no fact that this release can read. Its content is still in Kafka. */
export interface UnreadableLetter {
  readonly id: string;
  readonly consumer: string;
  readonly source: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  readonly state: 'retrying' | 'dead' | 'discarded';
  readonly attempts: number;
  readonly error: string;
  readonly discardReason: string | null;
}

/** Keeps what a consumer could not read. */
export class UnreadableMessages {
  constructor(private readonly consumer: string) {}

  /** False when it was put aside before and nobody asked to have it read again. */
  async setAside(
    transaction: Sql,
    source: Service,
    log: string,
    { position, message }: Extract<LogEntry, { kind: 'unreadable' }>,
  ): Promise<boolean> {
    const { topic, partition, offset, size, error } = message;
    const rows = await transaction.query<{ id: string }>(
      `INSERT INTO unreadable_messages AS u
         (consumer, source, log, position, topic, partition, message_offset, size, state, attempts, error)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'dead', 1, $9)
       ON CONFLICT (consumer, log, position) DO UPDATE
         SET state = 'dead', attempts = u.attempts + 1, size = $8, error = $9, changed_at = now()
         WHERE u.state = 'retrying'
       RETURNING id`,
      [this.consumer, source, log, position, topic, partition, offset, size, error],
    );
    return rows.length > 0;
  }

  /** Forgets those that were to be read again and could be. */
  async forgetReadable(transaction: Sql, { log, entries }: FactBatch, end: number): Promise<void> {
    const readable = entries.filter(({ kind, position }) => kind === 'fact' && position <= end);
    await transaction.query(
      `DELETE FROM unreadable_messages
       WHERE consumer = $1 AND log = $2 AND state = 'retrying' AND position = ANY ($3::bigint[])`,
      [this.consumer, log, readable.map(({ position }) => position)],
    );
  }
}

/** What an operator sees of messages that could not be read, and can do about them. Consumers may run meanwhile. */
export class UnreadableLetters {
  constructor(private readonly database: ConsumerDatabase) {}

  /** All that were passed over, by topic, partition and offset. */
  list(): Promise<readonly UnreadableLetter[]> {
    return this.database.query<UnreadableLetter>(
      `SELECT id::text, consumer, source, topic, partition, message_offset AS "offset", size, state, attempts, error,
         discard_reason AS "discardReason"
       FROM unreadable_messages ORDER BY consumer, topic, partition, message_offset`,
    );
  }

  /** Has the partition read again from this message on, as after an upgrade; what was seen behind it is dropped. */
  async retry(id: string): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const { consumer, log, position } = await this.change(transaction, id, 'retrying', null);
      await transaction.query(
        `UPDATE consumer_offsets SET position = least(position, $3) WHERE consumer = $1 AND source = $2`,
        [consumer, log, position - 1],
      );
    });
  }

  /** Gives the message up; its row stays with the reason. */
  async discard(id: string, reason: string): Promise<void> {
    if (reason.trim() === '') throw new DeadLetterRefused('say why it is discarded');
    await this.change(this.database, id, 'discarded', reason.trim());
  }

  private async change(
    sql: Sql,
    id: string,
    state: 'retrying' | 'discarded',
    reason: string | null,
  ): Promise<{ consumer: string; log: string; position: number }> {
    const [row] = await sql.query<{ consumer: string; log: string; position: number }>(
      `UPDATE unreadable_messages SET state = $2, discard_reason = $3, changed_at = now()
       WHERE id = $1 AND state <> 'discarded' RETURNING consumer, log, position`,
      [/^\d{1,18}$/.test(id) ? id : 0, state, reason],
    );
    if (!row) throw new DeadLetterRefused(`there is no unreadable message ${id}, or it is already discarded`);
    return row;
  }
}
