import type { FactBatch } from '../fact-batch';
import type { FactConsumer } from '../fact-consumer';
import type { SharedTransactions } from '../shared-transactions';

export interface PartitionTurnsParts {
  readonly alone: Pick<FactConsumer, 'take'>;
  readonly shared: Pick<SharedTransactions, 'take'>;
  /** Transactions in work at once, at most. */
  readonly atOnce: number;
  /** Facts in one transaction, at most. */
  readonly mostFacts: number;
}

interface Waiting {
  readonly batch: FactBatch;
  readonly isWanted: () => boolean;
  readonly succeed: (position: number | null | 'unwanted') => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Has batches of partitions taken, so many transactions at a time. Those that come together, or while no turn is free,
 * share one transaction, first come, first served.
 */
export class PartitionTurns {
  private waiting: readonly Waiting[] = [];
  private free: number;

  constructor(private readonly parts: PartitionTurnsParts) {
    this.free = parts.atOnce;
  }

  /**
   * Answers and throws as FactConsumer.take; `unwanted`, with nothing done, where `isWanted` says so when its turn has
   * come.
   */
  take(batch: FactBatch, isWanted: () => boolean): Promise<number | null | 'unwanted'> {
    return new Promise((succeed, fail) => {
      this.waiting = [...this.waiting, { batch, isWanted, succeed, fail }];
      // What one answer of the broker brought comes in this same turn of the event loop.
      setImmediate(() => this.next());
    });
  }

  private next(): void {
    if (this.free === 0 || this.waiting.length === 0) return;
    const together = togetherIn(this.waiting, this.parts.mostFacts);
    this.waiting = this.waiting.filter((each) => !together.includes(each));
    this.free -= 1;
    void this.settle(together).finally(() => {
      this.free += 1;
      this.next();
    });
  }

  private async settle(together: readonly Waiting[]): Promise<void> {
    const wanted = together.filter(({ isWanted }) => isWanted());
    try {
      const batches = wanted.map(({ batch }) => batch);
      const ends = batches.length > 1 ? await this.parts.shared.take(batches) : null;
      for (const each of together) {
        const end = ends?.get(each.batch.log);
        each.succeed(end ?? (each.isWanted() ? await this.parts.alone.take(each.batch) : 'unwanted'));
      }
    } catch (error) {
      // It is no batch's own doing. Those that have succeeded already stay so.
      for (const { fail } of together) fail(error);
    }
  }
}

/** The first that wait, each of another log, with no more facts than fit into a transaction; at least one. */
function togetherIn(waiting: readonly Waiting[], mostFacts: number): readonly Waiting[] {
  const logs = new Set<string>();
  let facts = 0;
  const end = waiting.findIndex(({ batch: { log, entries } }) => {
    facts += entries.length;
    if (logs.has(log) || (logs.size > 0 && facts > mostFacts)) return true;
    logs.add(log);
    return false;
  });
  return end === -1 ? waiting : waiting.slice(0, end);
}
