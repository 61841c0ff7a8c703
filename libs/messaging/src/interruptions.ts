import type { Service } from '@cofactor/contracts';
import { failureText } from './failures';
import type { MessagingLogger, MessagingMetrics } from './logger';

/** Says once that a consumer is interrupted, and once that it goes on, however many of its parts are. */
export class Interruptions {
  private readonly parts = new Set<string>();

  constructor(
    private readonly logger: MessagingLogger,
    private readonly metrics: MessagingMetrics,
  ) {}

  get any(): boolean {
    return this.parts.size > 0;
  }

  begin(part: string, sources: readonly Service[], error: unknown): void {
    if (this.parts.size === 0) {
      const { name, code, message } = failureText(error);
      this.logger.warn(
        { source: sources.join(' '), errorName: name, errorCode: code, errorMessage: message },
        'the consumer is interrupted; it waits and goes on where it was',
      );
    }
    this.parts.add(part);
    sources.forEach((source) => this.metrics.interrupted(source));
  }

  end(part: string): void {
    if (this.parts.delete(part) && this.parts.size === 0) this.logger.info({}, 'the consumer goes on');
  }
}
