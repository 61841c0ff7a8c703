import type { NotificationEvent } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';
import { evolveMessage, type MessageState, type RequestedMessage } from './message';

/** What came of one try to send. */
export type Try = 'accepted' | 'refused' | 'unavailable' | 'no-address';

export type MessageCommand =
  | { readonly kind: 'request'; readonly message: RequestedMessage }
  | { readonly kind: 'record-try'; readonly result: Try };

/** How often an unavailable provider is tried: eight times in about an hour. */
const mostTries = 8;
const firstDelay = 30;

/** Seconds until the next try after so many failed ones. */
export const delayAfter = (failures: number): number => firstDelay * 2 ** (failures - 1);

const failureReasons = {
  refused: 'provider-refused',
  unavailable: 'provider-unavailable',
  'no-address': 'no-address',
} as const;

function recordTry(state: MessageState, result: Try): readonly NotificationEvent[] {
  if (state.kind === 'none') throw new Error('a message is requested before it is sent');
  if (state.kind === 'closed') return [];
  const { messageId, personId, template, channel } = state.message;
  const message = { messageId, personId, template, channel, attempt: state.failures + 1 };
  if (result === 'accepted') return [{ type: 'message.sent', data: message }];
  const final = result !== 'unavailable' || message.attempt === mostTries;
  return [{ type: 'message.failed', data: { ...message, reason: failureReasons[result], final } }];
}

/**
 * A message is requested once, however often its fact arrives (DESIGN §6.9), and tried until the provider takes it,
 * refuses it for good, there is no address (any more), or eight tries have failed.
 */
export const messageDecider: Decider<MessageState, MessageCommand, NotificationEvent> = {
  initialState: { kind: 'none' },
  stateVersion: 1,
  decide: (state, command) => {
    switch (command.kind) {
      case 'request':
        return state.kind === 'none' ? [{ type: 'message.requested', data: command.message }] : [];
      case 'record-try':
        return recordTry(state, command.result);
    }
  },
  evolve: evolveMessage,
};
