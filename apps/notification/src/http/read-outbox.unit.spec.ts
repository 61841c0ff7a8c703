import { fixedClock } from '@cofactor/testkit';
import { OutboxMailer } from '../adapters/mailer.outbox';
import { anyCall } from '../test-notification';
import { readOutbox } from './read-outbox';

const mailer = new OutboxMailer(fixedClock('2026-03-01T09:30:00.000Z'));

describe('reading the outbox', () => {
  it('shows it in development mode', async () => {
    await mailer.send({ messageId: 'message-1', to: 'sam@riverside.example', subject: 'Hello', text: 'Hello' });
    expect((await readOutbox('development', mailer)({}, anyCall)).messages).toHaveLength(1);
  });

  it('is not there in production mode', async () => {
    const refused: unknown = expect.objectContaining({ code: 'not-found' });
    await expect(readOutbox('production', mailer)({}, anyCall)).rejects.toEqual(refused);
  });
});
