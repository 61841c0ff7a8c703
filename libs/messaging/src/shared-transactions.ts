import type { Fact, Service } from '@cofactor/contracts';
import type { Progress } from './consumer-transaction';
import type { FactBatch } from './fact-batch';
import { mayBeKnown, type FactConsumer, type FactConsumerParts } from './fact-consumer';
import { InboxUnexpected } from './failures';
import type { GuardedTransaction } from './guarded-transaction';
import { sortAsNew } from './inbox';
import type { TakenUpTo } from './offsets';

/** By log, the position that was reached; `apart`: nothing was done. */
type Outcome = { readonly kind: 'committed'; readonly ends: ReadonlyMap<string, number> } | { readonly kind: 'apart' };

/**
 * Applies batches of several logs in one transaction, where nothing is the matter with any of them: together they cost
 * hardly more than one of them alone.
 */
export class SharedTransactions {
  constructor(
    private readonly parts: FactConsumerParts,
    private readonly consumer: FactConsumer,
  ) {}

  /**
   * Takes batches, each of another log. Answers the position to go on from by log, or null when they have to be taken
   * one by one, by the consumer, to find what is the matter. Throws as FactConsumer.take.
   */
  async take(batches: readonly FactBatch[]): Promise<ReadonlyMap<string, number> | null> {
    const started = performance.now();
    const outcome = await this.parts.transactions.run((transaction, progress) =>
      this.apply(transaction, progress, batches),
    );
    if (outcome.kind !== 'committed') return null;
    this.parts.committed();
    const seconds = (performance.now() - started) / 1000;
    for (const { source, entries } of batches) this.parts.metrics.handled(source, entries.length, seconds);
    return outcome.ends;
  }

  private async apply(
    transaction: GuardedTransaction,
    progress: Progress,
    batches: readonly FactBatch[],
  ): Promise<Outcome> {
    const { offsets, parked } = this.parts;
    const logs = batches.map(({ log }) => log);
    const sources = [...new Set(batches.map(({ source }) => source))];
    const [claimed, anyParked] = await Promise.all([
      offsets.claim(transaction, logs),
      parked.any(transaction, sources),
    ]);
    const sorted = sortAsNew(batches.flatMap(factsIn));
    const isOrdinary = !anyParked && batches.every((batch) => followsOn(batch, claimed.get(batch.log)));
    if (!isOrdinary || sorted === null) return { kind: 'apart' };
    const handled = new Set(await this.consumer.handle(transaction, sorted.due, progress));
    progress.stage = 'recording';
    const ends = new Map(batches.map((batch) => [batch.log, endOfHandled(batch, handled)]));
    // All are under way at once, so that together they cost one round trip.
    await Promise.all([
      ...sources.map((source) => this.advance(transaction, source, batches, handled)),
      offsets.move(transaction, ends),
    ]);
    return { kind: 'committed', ends };
  }

  /** Throws InboxUnexpected unless each stream of the source stands right before the first of its facts. */
  private async advance(
    transaction: GuardedTransaction,
    source: Service,
    batches: readonly FactBatch[],
    handled: ReadonlySet<Fact>,
  ): Promise<void> {
    const its = batches.filter((batch) => batch.source === source).flatMap(factsIn);
    const facts = its.filter((fact) => handled.has(fact));
    if (facts.length > 0 && !(await this.parts.inbox.advance(transaction, source, facts))) throw new InboxUnexpected();
  }
}

const factsIn = ({ entries }: FactBatch): readonly Fact[] =>
  entries.flatMap((entry) => (entry.kind === 'fact' ? [entry.fact] : []));

/** The position of the last fact that was handled, where time was up before the last one of the batch. */
const endOfHandled = ({ entries, after }: FactBatch, handled: ReadonlySet<Fact>): number =>
  entries.findLast((entry) => entry.kind === 'fact' && handled.has(entry.fact))?.position ?? after;

/** Whether it begins where its log stands, with facts that are new, and nothing else than facts. */
const followsOn = (batch: FactBatch, taken: TakenUpTo | undefined): boolean =>
  taken !== undefined &&
  batch.after === taken.position &&
  batch.generation === taken.generation &&
  !mayBeKnown(batch, taken) &&
  batch.entries.every(({ kind }) => kind === 'fact');
