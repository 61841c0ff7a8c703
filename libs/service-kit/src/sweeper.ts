import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from './logging';

const everyTenMinutes = 600_000;

/** Removes what has expired, at the start and every ten minutes. A sweep that fails is logged and tried again. */
export class Sweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly logger: Logger,
    private readonly sweeps: readonly (() => Promise<unknown>)[],
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.sweep();
    this.timer = setInterval(() => {
      this.running = this.sweep();
    }, everyTenMinutes);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async sweep(): Promise<void> {
    for (const sweep of this.sweeps) {
      await sweep().catch((error: unknown) => this.logger.warn({ err: error }, 'sweep failed'));
    }
  }
}
