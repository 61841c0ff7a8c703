import type { Fact } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';
import type { RetryPlan } from './backoff';
import type { ConsumerDatabase } from './consumer-database';
import { CollectedRows, FactContext } from './fact-context';
import { ConsumerClosing, DatabaseUnavailable, FactGap, failureText, isDatabaseFault, sqlState } from './failures';
import { GuardedTransaction } from './guarded-transaction';
import type { Handlers } from './handlers';
import { Inbox, sortBySeen } from './inbox';
import type { MessagingLogger, MessagingMetrics } from './logger';
import { Offsets } from './offsets';
import { ParkedFacts, type DueFact } from './parked-facts';

/** `elsewhere`: the offset is not where the batch begins, so the batch is to be read again from `position`. */
type Outcome =
  | { readonly kind: 'committed' | 'elsewhere'; readonly position: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly index: number | null; readonly error: unknown };

/** Where a handler's failure was, for what comes after the rollback. */
interface Progress {
  stage: 'claiming' | 'handling' | 'recording';
  index: number | null;
}

interface SetAside {
  readonly fact: Fact;
  readonly state: 'retrying' | 'dead';
  readonly error: unknown;
}

/** Milliseconds after which a batch is committed as far as it came. */
const longestBatch = 2_000;

/** Constraints checked at the commit, a transaction that a handler broke and went on with: the facts' doing. */
const handlersDoing = new Set(['23', '25', 'P0']);

export interface FactConsumerOptions {
  readonly consumer: string;
  readonly database: ConsumerDatabase;
  readonly handlers: Handlers;
  readonly retry: RetryPlan;
  readonly logger: MessagingLogger;
  readonly metrics: MessagingMetrics;
  /** Whether the work is to end after the fact in hand. */
  readonly isClosing: () => boolean;
  /** Aborted when the work must end at once. */
  readonly closing: AbortSignal;
  /** Called after each commit that moved the inbox. */
  readonly committed: () => void;
}

/**
 * Applies batches of facts: handlers, inbox and offset in one transaction, so that each fact takes effect exactly
 * once, in the order of its stream. A fact that fails alone is put aside, and so are the later ones of its stream.
 */
export class FactConsumer {
  readonly offsets: Offsets;
  readonly parked: ParkedFacts;
  private readonly inbox: Inbox;

  constructor(private readonly options: FactConsumerOptions) {
    this.offsets = new Offsets(options.consumer);
    this.parked = new ParkedFacts(options.consumer, options.retry);
    this.inbox = new Inbox(options.consumer);
  }

  /**
   * Takes facts that follow each other in the log of `source`. Answers the position to go on from, or null when
   * another replica is at work on this source. Throws DatabaseUnavailable or ConsumerClosing, with the batch undone.
   */
  async take(source: string, facts: readonly Fact[]): Promise<number | null> {
    const started = performance.now();
    const outcome = await this.apply(source, facts, null);
    if (outcome.kind === 'busy') return null;
    if (outcome.kind === 'failed') return this.takeApart(source, facts, outcome);
    if (outcome.kind === 'committed') {
      this.options.metrics.handled(source, facts.length, (performance.now() - started) / 1000);
    }
    return outcome.position;
  }

  /** Finds the fact that makes a batch fail: what comes before it, it alone, what comes after it. */
  private async takeApart(
    source: string,
    facts: readonly Fact[],
    { index, error }: { readonly index: number | null; readonly error: unknown },
  ): Promise<number | null> {
    const [only] = facts;
    if (only && facts.length === 1) {
      const outcome = await this.apply(source, facts, { error });
      return outcome.kind === 'busy' || outcome.kind === 'failed' ? null : outcome.position;
    }
    const cut = index ?? Math.floor(facts.length / 2);
    const parts = [facts.slice(0, cut), facts.slice(cut, cut + 1), facts.slice(cut + 1)];
    let position: number | null = null;
    for (const part of parts.filter(({ length }) => length > 0)) {
      position = await this.take(source, part);
      if (position === null) return null;
    }
    return position;
  }

  /** One transaction. `failure` is what the only fact of the batch failed with before: it is put aside then. */
  private async apply(
    source: string,
    facts: readonly Fact[],
    failure: { readonly error: unknown } | null,
  ): Promise<Outcome> {
    const putAside: SetAside[] = [];
    const outcome = await this.transact(async (transaction, progress): Promise<Outcome> => {
      const position = await this.offsets.claim(transaction, source);
      if (position === null) return { kind: 'busy' };
      const fresh = facts.filter((fact) => fact.position > position);
      const last = fresh.at(-1);
      if (!last || fresh[0]?.position !== position + 1) return { kind: 'elsewhere', position };
      const streams = [...new Set(fresh.map(({ stream }) => stream))];
      const { due, ahead, waiting } = sortBySeen(fresh, await this.inbox.read(transaction, source, streams));
      const handled = failure ? [] : await this.handle(transaction, due, progress, (fact) => facts.indexOf(fact));
      progress.stage = 'recording';
      // A batch that takes long is cut after the fact that was handled last; the others come with the next one.
      const end = failure || handled.length === due.length ? last.position : (handled.at(-1)?.position ?? position);
      const failing = [
        ...(failure ? due.map((fact) => ({ fact, error: failure.error })) : []),
        ...ahead.map(({ fact, expected }) => ({ fact, error: new FactGap(fact.stream, expected, fact.version) })),
      ];
      for (const { fact, error } of failing.filter(({ fact: { position: at } }) => at <= end)) {
        putAside.push({ fact, error, state: await this.parked.setAside(transaction, fact, error) });
      }
      const behind = waiting.filter((fact) => fact.position <= end);
      await this.parked.keepWaiting(transaction, source, behind);
      await this.inbox.record(transaction, source, handled);
      await this.offsets.move(transaction, source, end);
      return { kind: 'committed', position: end };
    });
    if (outcome.kind === 'committed') {
      this.options.committed();
      putAside.forEach((each) => this.report(each));
    }
    return outcome;
  }

  /** Tries facts again that are due, for about a second at most. Answers whether there may be more of them. */
  async retryDue(source: string): Promise<boolean> {
    const until = performance.now() + 1000;
    while (performance.now() < until) {
      const due = await this.guardDatabase(() => this.parked.due(this.options.database, source, 50));
      if (due.length === 0) return false;
      for (const id of due) {
        if (!(await this.retry(source, id))) return true;
        if (this.options.isClosing()) return false;
      }
    }
    return true;
  }

  /** False when another replica is at work on this source. */
  private async retry(source: string, id: string): Promise<boolean> {
    let due: DueFact | null = null;
    const outcome = await this.transact(async (transaction, progress): Promise<Outcome> => {
      const position = await this.offsets.claim(transaction, source);
      if (position === null) return { kind: 'busy' };
      due = await this.parked.take(transaction, id);
      if (!due) return { kind: 'elsewhere', position };
      const { fact } = due;
      const seen = (await this.inbox.read(transaction, source, [fact.stream])).get(fact.stream);
      const expected = (seen?.applied ?? 0) + 1;
      progress.stage = 'handling';
      if (fact.version > expected) throw new FactGap(fact.stream, expected, fact.version);
      if (fact.version === expected) await this.handle(transaction, [fact], progress, () => 0);
      progress.stage = 'recording';
      await this.parked.succeeded(transaction, due);
      await this.inbox.record(transaction, source, [fact]);
      return { kind: 'committed', position };
    });
    if (outcome.kind === 'committed') this.options.committed();
    if (outcome.kind === 'failed' && due) await this.noteFailure(source, due, outcome.error);
    return outcome.kind !== 'busy';
  }

  private async noteFailure(source: string, due: DueFact, error: unknown): Promise<void> {
    const state = await this.guardDatabase(() =>
      this.options.database.transaction(async (transaction) => {
        if ((await this.offsets.claim(transaction, source)) === null) return null;
        const still = await this.parked.take(transaction, due.id);
        return still && this.parked.failedAgain(transaction, still, error);
      }),
    );
    if (state) this.report({ fact: due.fact, state, error });
  }

  /** Answers the facts that were handled: all, or the first of them when time is up. */
  private async handle(
    transaction: GuardedTransaction,
    facts: readonly Fact[],
    progress: Progress,
    indexOf: (fact: Fact) => number,
  ): Promise<readonly Fact[]> {
    progress.stage = 'handling';
    const until = performance.now() + longestBatch;
    const collected = new CollectedRows(transaction);
    let count = 0;
    for (const fact of facts) {
      if (!transaction.isOpen) throw new ConsumerClosing('closed in the middle of a batch');
      progress.index = indexOf(fact);
      await this.options.handlers.run(fact, new FactContext(fact, transaction, collected));
      count += 1;
      if (performance.now() > until || this.options.isClosing()) break;
    }
    progress.index = null;
    await collected.flush();
    return facts.slice(0, count);
  }

  /** Runs one transaction and tells a fact's failure from the database's and from the end of the work. */
  private async transact(
    run: (transaction: GuardedTransaction, progress: Progress) => Promise<Outcome>,
  ): Promise<Outcome> {
    const progress: Progress = { stage: 'claiming', index: null };
    let guard: GuardedTransaction | null = null;
    try {
      return await this.options.database.transaction(async (transaction: Sql) => {
        const guarded = new GuardedTransaction(transaction);
        guard = guarded;
        try {
          return await unlessAborted(this.options.closing, run(guarded, progress));
        } finally {
          guarded.close();
        }
      });
    } catch (error) {
      if (this.options.closing.aborted) throw new ConsumerClosing('closed in the middle of a batch');
      if (isPassing(error, progress, guard)) throw new DatabaseUnavailable(failureText(error).message);
      return { kind: 'failed', index: progress.index, error };
    }
  }

  private async guardDatabase<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      throw new DatabaseUnavailable(failureText(error).message);
    }
  }

  private report({ fact, state, error }: SetAside): void {
    const { name, code, message } = failureText(error);
    this.options.metrics.setAside(fact.service, fact.type, state);
    const { logger, consumer } = this.options;
    const fields = { consumer, source: fact.service, stream: fact.stream, version: fact.version, type: fact.type };
    const named = { ...fields, errorName: name, errorCode: code, errorMessage: message };
    if (state === 'dead') {
      logger.error(named, 'a fact failed for the last time; its stream waits for `npm run dead-letters`');
    } else {
      logger.warn(named, 'a fact failed and was put aside; it is tried again, later facts of its stream wait');
    }
  }
}

function isPassing(error: unknown, progress: Progress, guard: GuardedTransaction | null): boolean {
  if (guard?.databaseFailed || isDatabaseFault(error) || progress.stage === 'claiming') return true;
  return progress.stage === 'recording' && !handlersDoing.has(sqlState(error)?.slice(0, 2) ?? '');
}

/** Settles as `work` does, or rejects as soon as the signal is aborted; then nobody listens to `work` any more. */
async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new ConsumerClosing('closed in the middle of a batch'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
