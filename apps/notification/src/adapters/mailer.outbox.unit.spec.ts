import { fixedClock } from '@cofactor/testkit';
import { mailerContract } from './mailer.contract';
import { OutboxMailer } from './mailer.outbox';

const clock = fixedClock('2026-03-01T09:30:00.000Z');

mailerContract('the local outbox', () => {
  const mailer = new OutboxMailer(clock);
  const arrived = () =>
    mailer.messages().map(({ messageId, to, subject = '', text }) => ({ messageId, recipients: [to], subject, text }));
  return Promise.resolve({ mailer, arrived: () => arrived().reverse(), stop: async () => Promise.resolve() });
});

describe('the local outbox', () => {
  it('keeps the newest 200, newest first', async () => {
    const mailer = new OutboxMailer(clock);
    for (let index = 1; index <= 250; index += 1) {
      await mailer.send({
        messageId: `message-${index}`,
        to: 'sam@riverside.example',
        subject: 'Hello',
        text: 'Hello',
      });
    }
    const kept = mailer.messages();
    expect(kept).toHaveLength(200);
    expect(kept[0]).toEqual({
      messageId: 'message-250',
      at: '2026-03-01T09:30:00.000Z',
      channel: 'email',
      to: 'sam@riverside.example',
      subject: 'Hello',
      text: 'Hello',
    });
    expect(kept.at(-1)?.messageId).toBe('message-51');
  });
});
