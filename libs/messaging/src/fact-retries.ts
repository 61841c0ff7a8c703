import type { ConsumerDatabase } from './consumer-database';
import type { ConsumerTransactions } from './consumer-transaction';
import type { FactConsumer } from './fact-consumer';
import { FactGap } from './failures';
import type { Inbox } from './inbox';
import type { Offsets } from './offsets';
import type { DueFact, ParkedFacts } from './parked-facts';
import type { SetAsideReport } from './set-aside-report';

export interface FactRetriesParts {
  readonly database: ConsumerDatabase;
  readonly transactions: ConsumerTransactions;
  readonly offsets: Offsets;
  readonly inbox: Inbox;
  readonly parked: ParkedFacts;
  readonly consumer: FactConsumer;
  readonly report: SetAsideReport;
  readonly isClosing: () => boolean;
  readonly committed: () => void;
}

/** Milliseconds after which new facts have their turn again. */
const longestRound = 1_000;

/** Tries facts again that failed before, when they are due, in the order of their stream. */
export class FactRetries {
  constructor(private readonly parts: FactRetriesParts) {}

  /** For about a second at most. Answers whether there may be more of them. */
  async retryDue(source: string): Promise<boolean> {
    const until = performance.now() + longestRound;
    while (performance.now() < until) {
      const due = await this.parts.parked.due(this.parts.database, source, 50);
      if (due.length === 0) return false;
      for (const id of due) {
        if (!(await this.retry(source, id)) || this.parts.isClosing()) return true;
      }
    }
    return true;
  }

  /** Seconds to the next retry; null when none is planned. */
  secondsToNext(source: string): Promise<number | null> {
    return this.parts.parked.secondsToNext(this.parts.database, source);
  }

  /** False when another replica is at work on this source. */
  private async retry(source: string, id: string): Promise<boolean> {
    const { transactions, offsets, parked, inbox, consumer, committed } = this.parts;
    const taken: DueFact[] = [];
    const outcome = await transactions.run(async (transaction, progress) => {
      if ((await offsets.claim(transaction, source)) === null) return { kind: 'busy' } as const;
      const due = await parked.take(transaction, id);
      if (!due) return { kind: 'gone' } as const;
      taken.push(due);
      const { fact } = due;
      const applied = (await inbox.read(transaction, source, [fact.stream])).get(fact.stream)?.applied ?? 0;
      progress.stage = 'handling';
      if (fact.version > applied + 1) throw new FactGap(fact.stream, applied + 1, fact.version);
      if (fact.version === applied + 1) await consumer.handle(transaction, [fact], progress);
      progress.stage = 'recording';
      await parked.succeeded(transaction, due);
      await inbox.record(transaction, source, [fact]);
      return { kind: 'committed' } as const;
    });
    if (outcome.kind === 'committed') committed();
    if (outcome.kind === 'failed') {
      for (const due of taken) await this.noteFailure(source, due, outcome.error);
    }
    return outcome.kind !== 'busy';
  }

  private async noteFailure(source: string, due: DueFact, error: unknown): Promise<void> {
    const { database, offsets, parked, report } = this.parts;
    const state = await database.transaction(async (transaction) => {
      if ((await offsets.claim(transaction, source)) === null) return null;
      const still = await parked.take(transaction, due.id);
      return still && parked.failedAgain(transaction, still, error);
    });
    if (state) report(due.fact, state, error);
  }
}
