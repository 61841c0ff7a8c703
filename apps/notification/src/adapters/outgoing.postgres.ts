import type { SideRow } from '@cofactor/event-sourcing';
import type { Sql } from '@cofactor/event-store';

/** A row to be committed with the request of a message: it is due at once. */
export const dueAt = (messageId: string, instant: Date): SideRow => ({
  sql: 'INSERT INTO outgoing (message_id, next_attempt_at) VALUES ($1, $2)',
  parameters: [messageId, instant.toISOString()],
});

/** The same of one of many that tell of one fact: what concerns a single person goes before it. */
export const dueAmongMany = (messageId: string, instant: Date): SideRow => ({
  sql: 'INSERT INTO outgoing (message_id, next_attempt_at, of_many) VALUES ($1, $2, true)',
  parameters: [messageId, instant.toISOString()],
});

/** To be committed with a failed try that is not the last. */
export const dueAgainAt = (messageId: string, instant: Date): SideRow => ({
  sql: 'UPDATE outgoing SET next_attempt_at = $2 WHERE message_id = $1',
  parameters: [messageId, instant.toISOString()],
});

/** To be committed with the end of a message. */
export const noLongerDue = (messageId: string): SideRow => ({
  sql: 'DELETE FROM outgoing WHERE message_id = $1',
  parameters: [messageId],
});

/** The messages that are still to be sent. */
export class OutgoingMessages {
  constructor(private readonly database: Sql) {}

  /**
   * Takes at most `limit` messages that are due at `now`, longest due first and those of many last, and keeps other replicas away from them
   * until `until`. Who dies with a message in hand leaves it to be taken again then.
   */
  async claim(now: Date, until: Date, limit: number): Promise<readonly string[]> {
    const rows = await this.database.query<{ message_id: string }>(
      `UPDATE outgoing SET next_attempt_at = $2 WHERE message_id IN (
         SELECT message_id FROM outgoing WHERE next_attempt_at <= $1
         ORDER BY of_many, next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING message_id`,
      [now.toISOString(), until.toISOString(), limit],
    );
    return rows.map((row) => row.message_id);
  }

  /** When the next message is due; null when none is waiting. */
  async nextDue(): Promise<Date | null> {
    const [row] = await this.database.query<{ next: string | null }>(
      'SELECT min(next_attempt_at) AS next FROM outgoing',
    );
    return row?.next ? new Date(row.next) : null;
  }

  async forget(messageId: string): Promise<void> {
    const { sql, parameters } = noLongerDue(messageId);
    await this.database.query(sql, parameters);
  }
}
