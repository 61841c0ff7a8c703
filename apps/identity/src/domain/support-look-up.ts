import { DomainError, type IdentityEvent } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';

export type SupportLookUpEvent = Extract<IdentityEvent, { type: 'support.person-looked-up' }>;

/** Null before it happened. */
export type SupportLookUpState = { readonly personId: string | null; readonly at: string } | null;

export interface SupportLookUpCommand {
  readonly lookUpId: string;
  readonly personId: string | null;
}

/** One search of support for an address: a fact, whoever was found. */
export const supportLookUp: Decider<SupportLookUpState, SupportLookUpCommand, SupportLookUpEvent> = {
  initialState: null,
  stateVersion: 1,
  decide(state, data) {
    if (state !== null) throw new DomainError('conflict');
    return [{ type: 'support.person-looked-up', data }];
  },
  evolve: (_state, { data }, at) => ({ personId: data.personId, at }),
};
