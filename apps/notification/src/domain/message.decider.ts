import type { CeilingKind, NotificationEvent } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';
import { evolveMessage, type CodeMessage, type MessageState, type RequestedMessage } from './message';

/** What came of one try to send; `expired` is a code that nobody has in hand any more, or that is over. */
export type Try = 'accepted' | 'refused' | 'unavailable' | 'no-address' | 'expired';

export type MessageCommand =
  | { readonly kind: 'request'; readonly message: RequestedMessage }
  | { readonly kind: 'refuse'; readonly message: CodeMessage; readonly ceiling: CeilingKind }
  | {
      readonly kind: 'record-try';
      readonly result: Try;
      /** The contacts that have a notice by now, those of earlier tries among them. */
      readonly reached: readonly string[];
      readonly now: string;
    };

/** How often an unavailable provider is tried with a notice: eight times in about an hour. */
const mostTries = 8;
const firstDelay = { notice: 30, code: 2 };

/** Seconds until the next try after so many failed ones. Somebody waits for a code. */
export const delayAfter = (failures: number, { template }: Pick<RequestedMessage, 'template'>): number =>
  (template === 'code' ? firstDelay.code : firstDelay.notice) * 2 ** (failures - 1);

const failureReasons = {
  refused: 'provider-refused',
  unavailable: 'provider-unavailable',
  'no-address': 'no-address',
  expired: 'expired',
} as const;

/** A notice is tried eight times; a code for as long as it lives. */
function isLast(message: RequestedMessage, attempt: number, now: string): boolean {
  if (message.template !== 'code') return attempt === mostTries;
  return Date.parse(now) + delayAfter(attempt, message) * 1000 >= Date.parse(message.occasion.expiresAt);
}

function recordTry(
  state: MessageState,
  { result, reached, now }: Extract<MessageCommand, { kind: 'record-try' }>,
): readonly NotificationEvent[] {
  if (state.kind === 'none') throw new Error('a message is requested before it is sent');
  if (state.kind === 'closed') return [];
  const attempt = state.failures + 1;
  const head = headOf(state.message);
  if (result === 'accepted') return [{ type: 'message.sent', data: { ...head, attempt } }];
  const final = result !== 'unavailable' || isLast(state.message, attempt, now);
  const failure = { attempt, reason: failureReasons[result], final };
  const data = head.template === 'code' ? { ...head, ...failure } : { ...head, ...failure, reached: [...reached] };
  return [{ type: 'message.failed', data }];
}

function refusedAt({ message, ceiling }: Extract<MessageCommand, { kind: 'refuse' }>): NotificationEvent {
  const { messageId, personId, template, channel } = message;
  return { type: 'message.refused', data: { messageId, personId, template, channel, ceiling } };
}

function headOf(message: RequestedMessage) {
  const { messageId, personId } = message;
  if (message.template !== 'code') return { messageId, personId, template: message.template, channel: message.channel };
  return { messageId, personId, template: message.template, channel: message.channel };
}

/**
 * A message is requested once, however often it is asked for (DESIGN §6.9), and tried until the provider takes it,
 * refuses it for good, there is no address (any more), or trying on makes no sense.
 */
export const messageDecider: Decider<MessageState, MessageCommand, NotificationEvent> = {
  initialState: { kind: 'none' },
  stateVersion: 3,
  decide: (state, command) => {
    switch (command.kind) {
      case 'request':
        return state.kind === 'none' ? [{ type: 'message.requested', data: command.message }] : [];
      case 'refuse':
        return state.kind === 'none' ? [refusedAt(command)] : [];
      case 'record-try':
        return recordTry(state, command);
    }
  },
  evolve: evolveMessage,
};
