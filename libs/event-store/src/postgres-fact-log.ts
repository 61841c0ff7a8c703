import type { Fact, Service } from '@cofactor/contracts';
import type { Database } from './database';
import { writtenFact, eventColumns, type EventRow } from './event-rows';

const afterPosition = `SELECT ${eventColumns} FROM events WHERE position > $1 ORDER BY position LIMIT $2`;

/** The log of a service, for those who only read it; SELECT on events, log_head and log_epochs is all that their role needs. */
export class PostgresFactLog {
  private readonly database: Database;
  private readonly service: Service;

  /** `service` is the owner of the log. */
  constructor(options: { readonly database: Database; readonly service: Service }) {
    this.database = options.database;
    this.service = options.service;
  }

  /**
   * Facts with a position above `after`, in commit order, without gaps (I1), at most `limit`, as they were written: what
   * is passed on from here can be read by whoever could read it then (docs/adr/0009).
   */
  async readAll(after: number, limit: number): Promise<readonly Fact[]> {
    const rows = await this.database.query<EventRow>(afterPosition, [after, limit]);
    return rows.map((row) => writtenFact(this.service, row));
  }

  /** As readAll, of those alone for which a condition in SQL holds; it must be of our own making. */
  async readWhere(condition: string, after: number, limit: number): Promise<readonly Fact[]> {
    const rows = await this.database.query<EventRow>(
      `SELECT ${eventColumns} FROM events WHERE position > $1 AND (${condition}) ORDER BY position LIMIT $2`,
      [after, limit],
    );
    return rows.map((row) => writtenFact(this.service, row));
  }

  /** The epoch that the log is in (DESIGN §6.12). */
  async epoch(): Promise<number> {
    const [row] = await this.database.query<{ epoch: number }>('SELECT max(epoch) AS epoch FROM log_epochs');
    return row?.epoch ?? 1;
  }

  /** The position of the newest fact; 0 for an empty log. */
  async head(): Promise<number> {
    const [row] = await this.database.query<{ position: number }>('SELECT position FROM log_head');
    if (!row) throw new Error('log_head is empty: the database is not migrated');
    return row.position;
  }

  /** Calls the listener after appends (at least once for the last of them) until the answered function is called. */
  onAppend(listener: () => void): () => Promise<void> {
    return this.database.listen('facts', listener);
  }
}
