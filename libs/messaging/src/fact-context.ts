import type { Fact } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';
import { BaseRpcContext } from '@nestjs/microservices';

/** Writes the rows that the handlers of one batch gathered, in the transaction of that batch. */
export type Flush<Row> = (transaction: Sql, rows: Row[]) => Promise<void>;

/** Gathers rows over a batch, so that a projection costs one statement per batch and not one per fact. */
export class CollectedRows {
  private readonly byFlush = new Map<unknown, () => Promise<void>>();
  private readonly rows = new Map<unknown, unknown[]>();

  constructor(private readonly transaction: Sql) {}

  add<Row>(flush: Flush<Row>, row: Row): void {
    const gathered = this.rows.get(flush);
    if (gathered) {
      gathered.push(row);
      return;
    }
    const rows: Row[] = [row];
    this.rows.set(flush, rows);
    this.byFlush.set(flush, () => flush(this.transaction, rows));
  }

  /** Calls each distinct flush function once, in the order in which they were first used. */
  async flush(): Promise<void> {
    for (const write of this.byFlush.values()) await write();
  }
}

/**
 * What a handler receives beside the fact. What it writes through `transaction` is committed together with the
 * inbox and the offset, or not at all: so each fact takes effect once (DESIGN §2.5).
 */
export class FactContext extends BaseRpcContext<[]> {
  constructor(
    readonly fact: Fact,
    /** Open until the batch is over; a query that comes later is refused. */
    readonly transaction: Sql,
    private readonly collected: CollectedRows,
  ) {
    super([]);
  }

  /** Has `flush` called once before the commit, with every row that was collected for it in this batch. */
  collect<Row>(flush: Flush<Row>, row: Row): void {
    this.collected.add(flush, row);
  }
}
