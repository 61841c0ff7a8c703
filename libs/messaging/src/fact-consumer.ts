import type { Fact } from '@cofactor/contracts';
import type { ConsumerTransactions, Failed, Progress } from './consumer-transaction';
import { CollectedRows, FactContext } from './fact-context';
import { ConsumerClosing, FactGap, InboxUnexpected } from './failures';
import type { GuardedTransaction } from './guarded-transaction';
import type { Handlers } from './handlers';
import { sortAsNew, sortBySeen, type Inbox, type Sorted } from './inbox';
import type { MessagingMetrics } from './logger';
import type { Offsets, TakenUpTo } from './offsets';
import type { ParkedFacts } from './parked-facts';
import type { SetAsideReport } from './set-aside-report';

/** `elsewhere`: the offset is not where the batch begins. `unexpected`: the inbox is not where its streams begin. */
type Outcome =
  | { readonly kind: 'committed'; readonly position: number }
  | { readonly kind: 'elsewhere'; readonly position: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'unexpected' }
  | Failed;

/** What is to be done with the facts in hand beside handling those that are due. */
interface Manner {
  /** Look each stream up in the inbox before anything is handled. */
  readonly carefully: boolean;
  /** What the only fact failed with before: it is put aside now. */
  readonly failure: { readonly error: unknown } | null;
}

/** Milliseconds after which a batch is committed as far as it came. */
const longestBatch = 2_000;

export interface FactConsumerParts {
  readonly transactions: ConsumerTransactions;
  readonly offsets: Offsets;
  readonly inbox: Inbox;
  readonly parked: ParkedFacts;
  readonly handlers: Handlers;
  readonly metrics: MessagingMetrics;
  readonly report: SetAsideReport;
  /** Whether the work is to end after the fact in hand. */
  readonly isClosing: () => boolean;
  /** Called after each commit that moved the inbox. */
  readonly committed: () => void;
}

/**
 * Applies batches of facts: handlers, inbox and offset in one transaction, so that each fact takes effect exactly
 * once, in the order of its stream. A fact that fails alone is put aside, and so are the later ones of its stream.
 */
export class FactConsumer {
  constructor(private readonly parts: FactConsumerParts) {}

  /**
   * Takes facts that follow each other in the log of `source`. Answers the position to go on from, or null when
   * another replica is at work on this source. Throws DatabaseUnavailable or ConsumerClosing, with the batch undone.
   */
  async take(source: string, facts: readonly Fact[]): Promise<number | null> {
    const started = performance.now();
    let outcome = await this.apply(source, facts, { carefully: false, failure: null });
    if (outcome.kind === 'unexpected') outcome = await this.apply(source, facts, { carefully: true, failure: null });
    if (outcome.kind === 'failed') return this.takeApart(source, facts, outcome);
    if (outcome.kind === 'busy' || outcome.kind === 'unexpected') return null;
    if (outcome.kind === 'committed') {
      this.parts.metrics.handled(source, facts.length, (performance.now() - started) / 1000);
    }
    return outcome.position;
  }

  /** Finds the fact that makes a batch fail: what comes before it, it alone, what comes after it. */
  private async takeApart(source: string, facts: readonly Fact[], { fact, error }: Failed): Promise<number | null> {
    if (facts.length === 1) {
      const outcome = await this.apply(source, facts, { carefully: true, failure: { error } });
      return outcome.kind === 'committed' || outcome.kind === 'elsewhere' ? outcome.position : null;
    }
    const cut = fact ? facts.indexOf(fact) : Math.floor(facts.length / 2);
    const parts = [facts.slice(0, cut), facts.slice(cut, cut + 1), facts.slice(cut + 1)];
    let position: number | null = null;
    for (const part of parts.filter(({ length }) => length > 0)) {
      position = await this.take(source, part);
      if (position === null) return null;
    }
    return position;
  }

  /** One transaction. */
  private async apply(source: string, facts: readonly Fact[], manner: Manner): Promise<Outcome> {
    const { offsets, transactions, report, committed } = this.parts;
    const aside: Parameters<SetAsideReport>[] = [];
    const outcome = await transactions.run<Outcome>(async (transaction, progress) => {
      const [taken, anyParked] = await Promise.all([
        offsets.claim(transaction, source),
        this.parts.parked.any(transaction, source),
      ]);
      if (taken === null) return { kind: 'busy' };
      const fresh = facts.filter((fact) => fact.position > taken.position);
      const last = fresh.at(-1);
      if (!last || fresh[0]?.position !== taken.position + 1) return { kind: 'elsewhere', position: taken.position };

      const asNew = manner.carefully || anyParked || mayBeKnown(fresh, taken) ? null : sortAsNew(fresh);
      const sorted = asNew ?? sortBySeen(fresh, await this.parts.inbox.read(transaction, source, streamsOf(fresh)));
      const handled = manner.failure ? [] : await this.handle(transaction, sorted.due, progress);
      progress.stage = 'recording';
      // A batch that takes long is cut after the fact that was handled last; the others come with the next one.
      const isCut = manner.failure === null && handled.length < sorted.due.length;
      const end = isCut ? (handled.at(-1)?.position ?? taken.position) : last.position;
      aside.push(...(await this.putAside(transaction, source, sorted, end, manner)));
      if (asNew === null) await this.parts.inbox.record(transaction, source, handled);
      else if (!(await this.parts.inbox.advance(transaction, source, handled))) throw new InboxUnexpected();
      await offsets.move(transaction, source, end);
      return { kind: 'committed', position: end };
    });
    if (outcome.kind === 'failed' && outcome.error instanceof InboxUnexpected) return { kind: 'unexpected' };
    if (outcome.kind === 'committed') {
      committed();
      aside.forEach((each) => report(...each));
    }
    return outcome;
  }

  private async putAside(
    transaction: GuardedTransaction,
    source: string,
    { due, ahead, waiting }: Sorted,
    end: number,
    { failure }: Manner,
  ): Promise<Parameters<SetAsideReport>[]> {
    const aside: Parameters<SetAsideReport>[] = [];
    const failing = [
      ...(failure ? due.map((fact) => ({ fact, error: failure.error })) : []),
      ...ahead.map(({ fact, expected }) => ({ fact, error: new FactGap(fact.stream, expected, fact.version) })),
    ];
    for (const { fact, error } of failing.filter(({ fact: { position } }) => position <= end)) {
      aside.push([fact, await this.parts.parked.setAside(transaction, fact, error), error]);
    }
    const behind = waiting.filter(({ position }) => position <= end);
    await this.parts.parked.keepWaiting(transaction, source, behind);
    return aside;
  }

  /**
   * Calls the handlers of facts, in this order, and writes what they collected. Answers the facts that were handled:
   * all, or the first of them when time is up.
   */
  async handle(transaction: GuardedTransaction, facts: readonly Fact[], progress: Progress): Promise<readonly Fact[]> {
    progress.stage = 'handling';
    const until = performance.now() + longestBatch;
    const collected = new CollectedRows(transaction);
    let count = 0;
    for (const fact of facts) {
      if (!transaction.isOpen) throw new ConsumerClosing('closed in the middle of a batch');
      progress.fact = fact;
      await this.parts.handlers.run(fact, new FactContext(fact, transaction, collected));
      count += 1;
      if (performance.now() > until || this.parts.isClosing()) break;
    }
    progress.fact = null;
    await collected.flush();
    return count === facts.length ? facts : facts.slice(0, count);
  }
}

const streamsOf = (facts: readonly Fact[]): string[] => [...new Set(facts.map(({ stream }) => stream))];

/** Whether facts lie below the furthest position that was ever taken: then the offset was set back. */
const mayBeKnown = (facts: readonly Fact[], { furthest }: TakenUpTo): boolean => (facts[0]?.position ?? 0) <= furthest;
