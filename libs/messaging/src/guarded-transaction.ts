import type { Sql } from '@cofactor/event-store';
import { ConsumerClosing, isDatabaseFault } from './failures';

/**
 * The transaction that handlers see. It remembers whether the database failed under them, whatever they made of the
 * error, and it ends with the batch: a query that a handler left running cannot land outside of the transaction.
 */
export class GuardedTransaction implements Sql {
  private open = true;
  private failed = false;

  constructor(private readonly transaction: Sql) {}

  get isOpen(): boolean {
    return this.open;
  }

  get databaseFailed(): boolean {
    return this.failed;
  }

  async query<Row>(statement: string, parameters?: readonly unknown[]): Promise<Row[]> {
    if (!this.open) throw new ConsumerClosing('the batch of this fact is over');
    try {
      return await this.transaction.query<Row>(statement, parameters);
    } catch (error) {
      this.failed ||= isDatabaseFault(error);
      throw error;
    }
  }

  close(): void {
    this.open = false;
  }
}
