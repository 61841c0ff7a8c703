import type { Fact, Service } from '@cofactor/contracts';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumerDatabase } from '../consumer-database';
import { firstGeneration, type FactBatch } from '../fact-batch';
import type { FactConsumer } from '../fact-consumer';
import type { FactRetries } from '../fact-retries';
import type { Offsets } from '../offsets';
import type { FactLog } from '../fact-log';
import { ConsumerClosing, failureText } from '../failures';
import type { MessagingLogger, MessagingMetrics } from '../logger';
import { Wake } from '../wake';

/** Milliseconds. */
const pollEvery = 1_000;
const busyPause = 100;
/** Between the beginnings of two batches that are not full: facts that come one by one gather meanwhile. */
const gathering = 20;
const firstPause = 100;
const longestPause = 5_000;

export interface SourceLoopOptions {
  readonly consumer: FactConsumer;
  readonly retries: FactRetries;
  readonly offsets: Offsets;
  readonly database: ConsumerDatabase;
  readonly source: Service;
  readonly log: FactLog;
  readonly batchSize: number;
  readonly logger: MessagingLogger;
  readonly metrics: MessagingMetrics;
}

/**
 * Follows the log of one source: batch after batch while there are facts, then woken by each append, or by the clock
 * should a notification be lost. A database or log that is away costs a growing pause and nothing else.
 */
export class SourceLoop {
  private readonly wake = new Wake();
  private closing = false;
  private interrupted = false;
  private pause = firstPause;
  private nextRetryAt = 0;
  private running: Promise<void> = Promise.resolve();
  private stopListening: () => Promise<void> = () => Promise.resolve();

  constructor(private readonly options: SourceLoopOptions) {}

  /** Whether the last turn went through. */
  get isHealthy(): boolean {
    return !this.interrupted && !this.closing;
  }

  start(): void {
    this.stopListening = this.options.log.onAppend(() => this.wake.call());
    this.running = this.run();
  }

  /** Takes no further batch. Resolves when the batch in work is over. */
  async stop(): Promise<void> {
    this.closing = true;
    this.wake.call();
    await Promise.all([this.running, this.stopListening()]);
  }

  private async run(): Promise<void> {
    while (!this.closing) {
      try {
        await this.follow();
      } catch (error) {
        if (error instanceof ConsumerClosing) return;
        this.reportInterruption(error);
        await this.wake.wait(this.pause);
        this.pause = Math.min(this.pause * 2, longestPause);
      }
    }
  }

  /** From the stored offset on, until the work is closed or interrupted. */
  private async follow(): Promise<void> {
    const { consumer, offsets, database, source, batchSize } = this.options;
    let after = await offsets.current(database, source);
    let ahead: Promise<readonly Fact[]> | null = null;
    let began = -Infinity;
    while (!this.closing) {
      const retriesLeft = await this.retryWhatIsDue();
      const early = began + gathering - performance.now();
      if (!ahead && early > 0) await pause(early);
      began = performance.now();
      const facts: readonly Fact[] = await (ahead ?? this.read(after));
      this.resume();
      if (facts.length === 0) {
        ahead = null;
        if (!retriesLeft) await this.nextAppend();
        continue;
      }
      // The next batch is read while this one is handled.
      ahead = facts.length === batchSize ? this.read(facts.at(-1)?.position ?? after) : null;
      const position = await consumer.take(batchOf(source, facts));
      if (position === null) await this.wake.wait(busyPause);
      if (position !== facts.at(-1)?.position) ahead = null;
      after = position ?? (await offsets.current(database, source));
      // Whatever was committed after this read calls for the next one.
      if (facts.length < batchSize && position === facts.at(-1)?.position && !retriesLeft) await this.nextAppend();
    }
  }

  private nextAppend(): Promise<void> {
    return this.wake.wait(Math.min(pollEvery, Math.max(0, this.nextRetryAt - performance.now())));
  }

  private read(after: number): Promise<readonly Fact[]> {
    const facts = this.options.log.readAll(after, this.options.batchSize);
    // It is awaited later, or never when the batch before it fails.
    facts.catch(() => undefined);
    return facts;
  }

  /** Looks for retries when one is planned, and once a second for those that an operator asks for. */
  private async retryWhatIsDue(): Promise<boolean> {
    const { retries, source } = this.options;
    if (performance.now() < this.nextRetryAt) return false;
    const more = await retries.retryDue(source);
    const seconds = await retries.secondsToNext(source);
    const wait = seconds === null ? pollEvery : Math.min(pollEvery, Math.max(busyPause, seconds * 1000));
    this.nextRetryAt = performance.now() + (more ? 0 : wait);
    return more;
  }

  private resume(): void {
    if (this.interrupted) {
      this.options.logger.info({ source: this.options.source }, 'the consumer goes on');
    }
    this.interrupted = false;
    this.pause = firstPause;
  }

  private reportInterruption(error: unknown): void {
    const { logger, metrics, source } = this.options;
    const { name, code, message } = failureText(error);
    if (!this.interrupted) {
      logger.warn(
        { source, errorName: name, errorCode: code, errorMessage: message },
        'the consumer is interrupted; it waits and repeats the batch',
      );
    }
    this.interrupted = true;
    metrics.interrupted(source);
  }
}

/** The log of a service is without gaps and is never made anew. */
const batchOf = (source: Service, facts: readonly Fact[]): FactBatch => ({
  source,
  log: source,
  generation: firstGeneration,
  after: (facts[0]?.position ?? 1) - 1,
  entries: facts.map((fact) => ({ kind: 'fact', position: fact.position, fact })),
});
