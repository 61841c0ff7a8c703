import { fixedClock } from '@cofactor/testkit';
import { Outbox } from '../adapters/outbox';
import { anyCall } from '../test-notification';
import { readOutbox } from './read-outbox';

const outbox = new Outbox(fixedClock('2026-03-01T09:30:00.000Z'));
const refused: unknown = expect.objectContaining({ code: 'not-found' });

describe('reading the outbox', () => {
  it('shows it in development mode', async () => {
    outbox.add({ messageId: 'message-1', channel: 'email', to: 'sam@riverside.example', text: 'Hello' });
    expect((await readOutbox('development', outbox)({}, anyCall)).messages).toHaveLength(1);
  });

  it('is not there in production mode, or where there is none', async () => {
    await expect(readOutbox('production', outbox)({}, anyCall)).rejects.toEqual(refused);
    await expect(readOutbox('development', null)({}, anyCall)).rejects.toEqual(refused);
  });
});
