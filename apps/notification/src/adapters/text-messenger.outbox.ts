import { isOneNumber, type TextMessage, type TextMessenger } from '../domain/ports';
import type { Outbox } from './outbox';

/** Text messages that stay in the development outbox. */
export class OutboxTextMessenger implements TextMessenger {
  constructor(private readonly outbox: Outbox) {}

  send({ messageId, to, text }: TextMessage): Promise<'accepted' | 'refused'> {
    if (!isOneNumber(to)) return Promise.resolve('refused');
    this.outbox.add({ messageId, channel: 'sms', to, text });
    return Promise.resolve('accepted');
  }

  close(): void {
    // Nothing is open.
  }
}
