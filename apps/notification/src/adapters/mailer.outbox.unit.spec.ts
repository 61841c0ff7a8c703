import { fixedClock } from '@cofactor/testkit';
import { mailerContract } from './mailer.contract';
import { OutboxMailer } from './mailer.outbox';
import { Outbox } from './outbox';

const clock = fixedClock('2026-03-01T09:30:00.000Z');

mailerContract('the local outbox', () => {
  const outbox = new Outbox(clock);
  const arrived = () =>
    outbox.messages().map(({ messageId, to, subject = '', text, html = '' }) => ({
      messageId,
      recipients: [to],
      subject,
      text,
      html,
    }));
  const mailer = new OutboxMailer(outbox);
  return Promise.resolve({ mailer, arrived: () => arrived().reverse(), stop: async () => Promise.resolve() });
});

describe('the local outbox', () => {
  it('keeps the newest 200, newest first', () => {
    const outbox = new Outbox(clock);
    const words = { channel: 'email', to: 'sam@riverside.example', subject: 'Hello', text: 'Hello' } as const;
    for (let index = 1; index <= 250; index += 1) outbox.add({ messageId: `message-${index}`, ...words });
    const kept = outbox.messages();
    expect(kept).toHaveLength(200);
    expect(kept[0]).toEqual({ messageId: 'message-250', at: '2026-03-01T09:30:00.000Z', ...words });
    expect(kept.at(-1)?.messageId).toBe('message-51');
  });
});
