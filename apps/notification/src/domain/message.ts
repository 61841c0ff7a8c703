import type { NotificationEvent } from '@cofactor/contracts';

/** What is to be told or brought to whom, as `message.requested` holds it. */
export type RequestedMessage = Extract<NotificationEvent, { type: 'message.requested' }>['data'];
/** It brings a code, which stands in memory alone. */
export type CodeMessage = Extract<RequestedMessage, { template: 'code' }>;
/** It tells of a fact. */
export type NoticeMessage = Exclude<RequestedMessage, CodeMessage>;

/** One message from its request to its end; `failures` counts the tries that did not succeed, `reached` names the contacts that have it. */
export type MessageState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'waiting';
      readonly message: RequestedMessage;
      readonly failures: number;
      readonly reached: readonly string[];
    }
  | { readonly kind: 'closed'; readonly outcome: 'sent' | 'given-up' };

export const messageStream = (messageId: string): string => `message-${messageId}`;

/** Folds one event over a message. */
export function evolveMessage(state: MessageState, event: NotificationEvent): MessageState {
  switch (event.type) {
    case 'message.requested':
      return { kind: 'waiting', message: event.data, failures: 0, reached: [] };
    case 'message.sent':
      return { kind: 'closed', outcome: 'sent' };
    case 'message.failed':
      if (event.data.final) return { kind: 'closed', outcome: 'given-up' };
      if (state.kind !== 'waiting') return state;
      return {
        ...state,
        failures: event.data.attempt,
        reached: event.data.template === 'code' ? [] : event.data.reached,
      };
    case 'message.refused':
      // Nothing waits, and nothing was sent.
      return state;
  }
}
