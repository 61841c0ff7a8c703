import { isOneAddress, type Mail, type Mailer } from '../domain/ports';
import type { Outbox } from './outbox';

/** Mail that stays in the development outbox. */
export class OutboxMailer implements Mailer {
  constructor(private readonly outbox: Outbox) {}

  send({ messageId, to, subject, text, html }: Mail): Promise<'accepted' | 'refused'> {
    if (!isOneAddress(to)) return Promise.resolve('refused');
    this.outbox.add({ messageId, channel: 'email', to, subject, text, html });
    return Promise.resolve('accepted');
  }

  close(): void {
    // Nothing is open.
  }
}
