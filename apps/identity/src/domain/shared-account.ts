import type { EventData, IdentityEvent, SharingSign } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';

export type SharedAccountEvent = Extract<
  IdentityEvent,
  { type: 'shared-account.suspected' | 'shared-account.decided' }
>;

/** What is known of one person's account: the state of the stream `shared-account-{personId}`. */
export interface SharedAccountState {
  /** What was noticed, each once. */
  readonly signs: readonly SharingSign[];
  /** By practice; a decision that was withdrawn is none. */
  readonly decisions: Readonly<Record<string, 'shared' | 'personal'>>;
}

export type SharedAccountCommand =
  | { readonly kind: 'suspect'; readonly personId: string; readonly sign: SharingSign }
  | ({ readonly kind: 'decide' } & EventData<'shared-account.decided'>);

export const sharedAccountStream = (personId: string): string => `shared-account-${personId}`;

/** Sessions from at least so many networks, opened within so many seconds and all alive, are a sign. */
export const manyNetworks = {
  /** A clinic, a home and a telephone on its own network are three; one person is rarely at a fourth within the hour. */
  atLeast: 4,
  seconds: 3_600,
} as const;

/** Whether several people share an account (PRODUCT AX6, HE13): signs are noticed, administrators decide. */
export const sharedAccount: Decider<SharedAccountState, SharedAccountCommand, SharedAccountEvent> = {
  initialState: { signs: [], decisions: {} },
  stateVersion: 1,
  decide(state, command) {
    switch (command.kind) {
      case 'suspect': {
        const { personId, sign } = command;
        return state.signs.includes(sign) ? [] : [{ type: 'shared-account.suspected', data: { personId, sign } }];
      }
      case 'decide': {
        const { kind: _kind, ...data } = command;
        const before = state.decisions[data.organisationId] ?? 'withdrawn';
        return before === data.decision ? [] : [{ type: 'shared-account.decided', data }];
      }
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'shared-account.suspected':
        return { ...state, signs: [...state.signs, event.data.sign] };
      case 'shared-account.decided': {
        const { organisationId, decision } = event.data;
        const { [organisationId]: _before, ...others } = state.decisions;
        return { ...state, decisions: decision === 'withdrawn' ? others : { ...others, [organisationId]: decision } };
      }
    }
  },
};
