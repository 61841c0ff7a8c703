import type { Fact } from '@cofactor/contracts';
import type { ConsumerTransactions, Failed, Progress } from './consumer-transaction';
import { currentVersion } from './current-version';
import { batchAfter, endOf, positionsOf, type FactBatch } from './fact-batch';
import { CollectedRows, FactContext } from './fact-context';
import { ConsumerClosing, InboxUnexpected } from './failures';
import type { GuardedTransaction } from './guarded-transaction';
import type { Handlers } from './handlers';
import { sortAsNew, sortBySeen, type Inbox, type Sorted } from './inbox';
import type { MessagingMetrics } from './logger';
import type { Offsets, TakenUpTo } from './offsets';
import type { ParkedFacts } from './parked-facts';
import { PuttingAside } from './putting-aside';
import type { SetAsideReport } from './set-aside-report';
import type { UnreadableMessages } from './unreadable-messages';

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
  readonly unreadable: UnreadableMessages;
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
 * once, in the order of its stream. A fact that fails alone is put aside, and so are the later ones of its stream; so
 * is a message that is no fact, alone.
 */
export class FactConsumer {
  constructor(private readonly parts: FactConsumerParts) {}

  /**
   * Takes what follows each other in a log. Answers the position to go on from, or null when another replica is at
   * work on this log. Throws DatabaseUnavailable or ConsumerClosing, with the batch undone.
   */
  async take(batch: FactBatch): Promise<number | null> {
    const started = performance.now();
    let outcome = await this.apply(batch, { carefully: false, failure: null });
    if (outcome.kind === 'unexpected') outcome = await this.apply(batch, { carefully: true, failure: null });
    if (outcome.kind === 'failed') return this.takeApart(batch, outcome);
    if (outcome.kind === 'busy' || outcome.kind === 'unexpected') return null;
    if (outcome.kind === 'committed') {
      const seconds = (performance.now() - started) / 1000;
      this.parts.metrics.handled(batch.source, batch.entries.length, seconds);
    }
    return outcome.position;
  }

  /** Finds the fact that makes a batch fail: what comes before it, it alone, what comes after it. */
  private async takeApart(batch: FactBatch, { fact, error }: Failed): Promise<number | null> {
    const { entries } = batch;
    if (entries.length === 1) {
      const outcome = await this.apply(batch, { carefully: true, failure: { error } });
      return outcome.kind === 'committed' || outcome.kind === 'elsewhere' ? outcome.position : null;
    }
    const failing = entries.findIndex((entry) => entry.kind === 'fact' && entry.fact === fact);
    const cut = failing === -1 ? Math.floor(entries.length / 2) : failing;
    const parts = [entries.slice(0, cut), entries.slice(cut, cut + 1), entries.slice(cut + 1)];
    let { after } = batch;
    let position: number | null = null;
    for (const part of parts.filter(({ length }) => length > 0)) {
      position = await this.take({ ...batch, after, entries: part });
      if (position === null) return null;
      after = part.at(-1)?.position ?? after;
    }
    return position;
  }

  /** One transaction. */
  private async apply(batch: FactBatch, manner: Manner): Promise<Outcome> {
    const { transactions, report, committed } = this.parts;
    const aside = new PuttingAside(this.parts, batch.source);
    const outcome = await transactions.run<Outcome>(async (transaction, progress) => {
      const [claimed, anyParked] = await Promise.all([
        this.parts.offsets.claim(transaction, [batch.log]),
        this.parts.parked.any(transaction, [batch.source]),
      ]);
      const taken = claimed.get(batch.log);
      if (!taken) return { kind: 'busy' };
      const fresh = batchAfter(batch, taken.position);
      if (fresh.entries.length === 0 || batch.after > taken.position || batch.generation !== taken.generation) {
        return { kind: 'elsewhere', position: taken.position };
      }
      const carefully = manner.carefully || anyParked || mayBeKnown(fresh, taken);
      return this.applyFresh(transaction, progress, fresh, { ...manner, carefully }, aside);
    });
    if (outcome.kind === 'failed' && outcome.error instanceof InboxUnexpected) return { kind: 'unexpected' };
    if (outcome.kind === 'committed') {
      committed();
      aside.tell(report);
    }
    return outcome;
  }

  private async applyFresh(
    transaction: GuardedTransaction,
    progress: Progress,
    batch: FactBatch,
    manner: Manner,
    aside: PuttingAside,
  ): Promise<Outcome> {
    const { offsets, inbox, unreadable } = this.parts;
    const positions = positionsOf(batch);
    const facts = [...positions.keys()];
    const sorted = (manner.carefully ? null : sortAsNew(facts)) ?? (await this.sortBySeen(transaction, batch, facts));
    if (sorted === null) return { kind: 'busy' };
    const handled = manner.failure ? [] : await this.handle(transaction, sorted.due, progress);
    progress.stage = 'recording';
    // A batch that takes long is cut after the fact that was handled last; the others come with the next one.
    const lastHandled = handled.at(-1);
    const isCut = manner.failure === null && lastHandled !== undefined && handled.length < sorted.due.length;
    const end = (isCut ? positions.get(lastHandled) : undefined) ?? endOf(batch);
    const isTaken = (fact: Fact): boolean => (positions.get(fact) ?? end) <= end;
    await aside.facts(transaction, sorted, isTaken, manner.failure);
    await aside.messages(transaction, batch, end);
    if (manner.carefully) await unreadable.forgetReadable(transaction, batch, end);
    if (handled.length > 0 && !(await inbox.advance(transaction, batch.source, handled))) throw new InboxUnexpected();
    await aside.releaseBehind(transaction, handled, sorted);
    await offsets.move(transaction, new Map([[batch.log, end]]));
    return { kind: 'committed', position: end };
  }

  private async sortBySeen(
    transaction: GuardedTransaction,
    { source }: FactBatch,
    facts: readonly Fact[],
  ): Promise<Sorted | null> {
    const streams = [...new Set(facts.map(({ stream }) => stream))];
    const seen = await this.parts.inbox.read(transaction, source, streams);
    return seen && sortBySeen(facts, seen);
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
      const current = currentVersion(fact);
      await this.parts.handlers.run(current, new FactContext(current, transaction, collected));
      count += 1;
      if (performance.now() > until || this.parts.isClosing()) break;
    }
    progress.fact = null;
    await collected.flush();
    return count === facts.length ? facts : facts.slice(0, count);
  }
}

/** Whether facts lie below the furthest position that was ever taken: then the offset was set back. */
export const mayBeKnown = ({ entries }: FactBatch, { furthest }: TakenUpTo): boolean =>
  (entries[0]?.position ?? 0) <= furthest;
