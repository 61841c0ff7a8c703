import type { IdentityEvent, Policy, Preset } from '@cofactor/contracts';
import { DomainError, presets } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';
import { changedSettings } from '@cofactor/policy';

export type OrganisationEvent = Extract<
  IdentityEvent,
  { type: 'organisation.created' | 'organisation.policy-changed' }
>;

export type OrganisationState =
  | { readonly status: 'absent' }
  | { readonly status: 'active'; readonly policy: Policy; readonly policyVersion: number };

export type OrganisationCommand =
  | { readonly kind: 'create'; readonly organisationId: string; readonly name: string; readonly preset: Preset }
  | {
      readonly kind: 'change-policy';
      readonly organisationId: string;
      /** That of the rules which whoever changes them has seen. */
      readonly version: number;
      readonly policy: Policy;
    };

/** A practice: its name and the policy that its people live under. */
export const organisation: Decider<OrganisationState, OrganisationCommand, OrganisationEvent> = {
  initialState: { status: 'absent' },
  stateVersion: 2,
  decide(state, command) {
    switch (command.kind) {
      case 'create': {
        if (state.status === 'active') throw new DomainError('conflict');
        const { organisationId, name, preset } = command;
        const data = { organisationId, name, preset, policy: presets[preset], policyVersion: 1 };
        return [{ type: 'organisation.created', data }];
      }
      case 'change-policy':
        return changePolicy(state, command);
    }
  },
  evolve(_state, event) {
    switch (event.type) {
      case 'organisation.created':
      case 'organisation.policy-changed':
        return { status: 'active', policy: event.data.policy, policyVersion: event.data.policyVersion };
    }
  },
};

/** The same rules again are no change, whoever made it first; others than those that were seen are not overwritten. */
function changePolicy(
  state: OrganisationState,
  { organisationId, version, policy }: Extract<OrganisationCommand, { kind: 'change-policy' }>,
): readonly OrganisationEvent[] {
  if (state.status === 'absent') throw new DomainError('not-found');
  const changed = changedSettings(state.policy, policy);
  if (changed.length === 0) return [];
  if (version !== state.policyVersion) throw new DomainError('conflict');
  const data = { organisationId, policy, policyVersion: version + 1, changed: [...changed] };
  return [{ type: 'organisation.policy-changed', data }];
}
