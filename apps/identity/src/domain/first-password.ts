import { DomainError, type IdentityEvent } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';

export type FirstPasswordEvent = Extract<
  IdentityEvent,
  { type: 'first-password.offered' | 'first-password.chosen' | 'first-password.withdrawn' }
>;

/** The one link that works, if any. `none`: someone who was never sent one, since they came with a password. */
export type FirstPasswordState =
  | { readonly status: 'none' | 'withdrawn' | 'chosen' }
  | { readonly status: 'offered'; readonly linkId: string; readonly expiresAt: string };

interface Link {
  readonly personId: string;
  readonly linkId: string;
}

export type FirstPasswordCommand =
  /** To someone who is registered with it, or to whoever has yet to choose. */
  | (Link & { readonly kind: 'offer' | 'offer-again'; readonly expiresAt: string })
  | (Link & { readonly kind: 'choose'; readonly at: Date })
  | { readonly kind: 'withdraw'; readonly personId: string };

/**
 * The links by which one person chooses their first password: one works at a time, once, for as long as it lives
 * (DESIGN I2, §6.13). A link that does not is refused in one way, whatever became of it.
 */
export const firstPassword: Decider<FirstPasswordState, FirstPasswordCommand, FirstPasswordEvent> = {
  initialState: { status: 'none' },
  stateVersion: 1,
  decide(state, command) {
    const { personId } = command;
    switch (command.kind) {
      case 'offer':
      case 'offer-again': {
        const isFirst = command.kind === 'offer';
        if (state.status === 'chosen' || isFirst !== (state.status === 'none')) return [];
        const { linkId, expiresAt } = command;
        return [{ type: 'first-password.offered', data: { personId, linkId, expiresAt } }];
      }
      case 'choose': {
        const { linkId, at } = command;
        const works =
          state.status === 'offered' && state.linkId === linkId && at.getTime() < Date.parse(state.expiresAt);
        if (!works) throw new DomainError('link-expired');
        return [{ type: 'first-password.chosen', data: { personId, linkId } }];
      }
      case 'withdraw':
        if (state.status !== 'offered') return [];
        return [{ type: 'first-password.withdrawn', data: { personId, linkId: state.linkId } }];
    }
  },
  evolve(_state, event) {
    switch (event.type) {
      case 'first-password.offered':
        return { status: 'offered', linkId: event.data.linkId, expiresAt: event.data.expiresAt };
      case 'first-password.chosen':
        return { status: 'chosen' };
      case 'first-password.withdrawn':
        return { status: 'withdrawn' };
    }
  },
};
