import type { OutboxMessage } from '@cofactor/contracts';
import type { Clock } from '@cofactor/service-kit';

const mostMessages = 200;

/** Keeps in memory what would have been sent, the newest 200, for development. Sends nothing. */
export class Outbox {
  private newestFirst: readonly OutboxMessage[] = [];

  constructor(private readonly clock: Clock) {}

  add(message: Omit<OutboxMessage, 'at'>): void {
    const kept = { at: this.clock.now().toISOString(), ...message };
    this.newestFirst = [kept, ...this.newestFirst].slice(0, mostMessages);
  }

  messages(): readonly OutboxMessage[] {
    return this.newestFirst;
  }
}
