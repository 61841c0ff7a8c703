import type { ConsumerDatabase } from './consumer-database';
import type { ConsumerTransactions } from './consumer-transaction';
import type { FactConsumer } from './fact-consumer';
import { FactGap, InboxUnexpected } from './failures';
import type { Inbox } from './inbox';
import type { DueFact, ParkedFacts } from './parked-facts';
import type { SetAsideReport } from './set-aside-report';

export interface FactRetriesParts {
  readonly database: ConsumerDatabase;
  readonly transactions: ConsumerTransactions;
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

  /** False when someone else is at work on this fact or its stream. */
  private async retry(source: string, id: string): Promise<boolean> {
    const { transactions, parked, inbox, consumer, committed } = this.parts;
    const taken: DueFact[] = [];
    const outcome = await transactions.run(async (transaction, progress) => {
      const due = await parked.take(transaction, id);
      if (!due) return { kind: 'busy' } as const;
      taken.push(due);
      const { fact } = due;
      const applied = (await inbox.read(transaction, source, [fact.stream]))?.get(fact.stream)?.applied;
      if (applied === undefined) return { kind: 'busy' } as const;
      progress.stage = 'handling';
      if (fact.version > applied + 1) throw new FactGap(fact.stream, applied + 1, fact.version);
      if (fact.version === applied + 1) {
        await consumer.handle(transaction, [fact], progress);
        progress.stage = 'recording';
        if (!(await inbox.advance(transaction, source, [fact]))) throw new InboxUnexpected();
      }
      progress.stage = 'recording';
      await parked.succeeded(transaction, due);
      return { kind: 'committed' } as const;
    });
    if (outcome.kind === 'committed') committed();
    if (outcome.kind === 'failed') {
      if (outcome.error instanceof InboxUnexpected) return false;
      for (const due of taken) await this.noteFailure(due, outcome.error);
    }
    return outcome.kind !== 'busy';
  }

  private async noteFailure(due: DueFact, error: unknown): Promise<void> {
    const { database, parked, report } = this.parts;
    const state = await database.transaction(async (transaction) => {
      const still = await parked.take(transaction, due.id);
      return still && parked.failedAgain(transaction, still, error);
    });
    if (state) report.fact(due.fact, state, error);
  }
}
