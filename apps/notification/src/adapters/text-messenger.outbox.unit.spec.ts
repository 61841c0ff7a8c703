import { fixedClock } from '@cofactor/testkit';
import { Outbox } from './outbox';
import { textMessengerContract } from './text-messenger.contract';
import { OutboxTextMessenger } from './text-messenger.outbox';

textMessengerContract('the local outbox', () => {
  const outbox = new Outbox(fixedClock('2026-03-01T09:30:00.000Z'));
  const arrived = () =>
    Promise.resolve(
      outbox
        .messages()
        .map(({ to, text }) => ({ to, text }))
        .reverse(),
    );
  return Promise.resolve({ messenger: new OutboxTextMessenger(outbox), arrived, stop: () => Promise.resolve() });
});
