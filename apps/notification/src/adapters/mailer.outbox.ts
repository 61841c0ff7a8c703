import type { OutboxMessage } from '@cofactor/contracts';
import type { Clock } from '@cofactor/service-kit';
import { isOneAddress, type Mail, type Mailer } from '../domain/ports';

const mostMessages = 200;

/** Keeps in memory what would have been sent, the newest 200, for the development outbox. Sends nothing. */
export class OutboxMailer implements Mailer {
  private newestFirst: readonly OutboxMessage[] = [];

  constructor(private readonly clock: Clock) {}

  send({ messageId, to, subject, text }: Mail): Promise<'accepted' | 'refused'> {
    if (!isOneAddress(to)) return Promise.resolve('refused');
    const message: OutboxMessage = {
      messageId,
      at: this.clock.now().toISOString(),
      channel: 'email',
      to,
      subject,
      text,
    };
    this.newestFirst = [message, ...this.newestFirst].slice(0, mostMessages);
    return Promise.resolve('accepted');
  }

  messages(): readonly OutboxMessage[] {
    return this.newestFirst;
  }

  close(): void {
    this.newestFirst = [];
  }
}
