import type { IdentityEvent, Policy, Preset } from '@cofactor/contracts';
import { DomainError, presets } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';

export type OrganisationEvent = Extract<
  IdentityEvent,
  { type: 'organisation.created' | 'organisation.policy-changed' }
>;

export type OrganisationState =
  | { readonly status: 'absent' }
  | { readonly status: 'active'; readonly policy: Policy; readonly policyVersion: number };

export interface CreateOrganisation {
  readonly organisationId: string;
  readonly name: string;
  readonly preset: Preset;
}

/** A practice: its name and the policy that its people live under. */
export const organisation: Decider<OrganisationState, CreateOrganisation, OrganisationEvent> = {
  initialState: { status: 'absent' },
  stateVersion: 2,
  decide(state, command) {
    if (state.status === 'active') throw new DomainError('conflict');
    const { organisationId, name, preset } = command;
    const data = { organisationId, name, preset, policy: presets[preset], policyVersion: 1 };
    return [{ type: 'organisation.created', data }];
  },
  evolve(_state, event) {
    switch (event.type) {
      case 'organisation.created':
      case 'organisation.policy-changed':
        return { status: 'active', policy: event.data.policy, policyVersion: event.data.policyVersion };
    }
  },
};
