import type { Service } from '@cofactor/contracts';
import type { FactRetries } from '../fact-retries';
import { ConsumerClosing } from '../failures';
import type { Interruptions } from '../interruptions';
import { Wake } from '../wake';

/** Milliseconds. */
const lookEvery = 1_000;
const shortest = 100;
const longestPause = 5_000;

/** Tries the facts of one source again that were put aside, beside whatever else comes from it. */
export class RetryLoop {
  private readonly wake = new Wake();
  private closing = false;
  private pause = shortest;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: Service,
    private readonly retries: FactRetries,
    private readonly interruptions: Interruptions,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Resolves when the one in work is over. */
  async stop(): Promise<void> {
    this.closing = true;
    this.wake.call();
    await this.running;
  }

  private async run(): Promise<void> {
    const part = `retries of ${this.source}`;
    while (!this.closing) {
      try {
        const more = await this.retries.retryDue(this.source);
        const seconds = await this.retries.secondsToNext(this.source);
        this.interruptions.end(part);
        this.pause = shortest;
        const next = seconds === null ? lookEvery : Math.min(lookEvery, Math.max(shortest, seconds * 1000));
        await this.wake.wait(more ? 0 : next);
      } catch (error) {
        if (error instanceof ConsumerClosing) return;
        this.interruptions.begin(part, [this.source], error);
        await this.wake.wait(this.pause);
        this.pause = Math.min(this.pause * 2, longestPause);
      }
    }
  }
}
