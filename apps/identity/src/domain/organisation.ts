import type { IdentityEvent, Policy, Preset } from '@cofactor/contracts';
import { DomainError, presets } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';
import { changedSettings } from '@cofactor/policy';

export type OrganisationEvent = Extract<
  IdentityEvent,
  {
    type:
      | 'organisation.created'
      | 'organisation.policy-changed'
      | 'organisation.site-added'
      | 'organisation.site-renamed'
      | 'organisation.site-removed';
  }
>;

export interface Site {
  readonly siteId: string;
  readonly name: string;
}

export type OrganisationState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'active';
      readonly policy: Policy;
      readonly policyVersion: number;
      readonly sites: readonly Site[];
    };

export type OrganisationCommand =
  | { readonly kind: 'create'; readonly organisationId: string; readonly name: string; readonly preset: Preset }
  | {
      readonly kind: 'change-policy';
      readonly organisationId: string;
      /** That of the rules which whoever changes them has seen. */
      readonly version: number;
      readonly policy: Policy;
    }
  | (Site & { readonly kind: 'add-site' | 'rename-site'; readonly organisationId: string })
  | { readonly kind: 'remove-site'; readonly organisationId: string; readonly siteId: string };

/** A practice: its name, the policy that its people live under, and its sites. */
export const organisation: Decider<OrganisationState, OrganisationCommand, OrganisationEvent> = {
  initialState: { status: 'absent' },
  stateVersion: 3,
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
      case 'add-site':
      case 'rename-site':
      case 'remove-site':
        return changeSites(sitesOf(state), command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'organisation.created':
      case 'organisation.policy-changed': {
        const { policy, policyVersion } = event.data;
        return { status: 'active', policy, policyVersion, sites: state.status === 'active' ? state.sites : [] };
      }
      case 'organisation.site-added':
      case 'organisation.site-renamed': {
        const { siteId, name } = event.data;
        return state.status === 'active'
          ? { ...state, sites: [...sitesBut(state.sites, siteId), { siteId, name }] }
          : state;
      }
      case 'organisation.site-removed':
        return state.status === 'active' ? { ...state, sites: sitesBut(state.sites, event.data.siteId) } : state;
    }
  },
};

const sitesBut = (sites: readonly Site[], siteId: string): readonly Site[] =>
  sites.filter((site) => site.siteId !== siteId);

function sitesOf(state: OrganisationState): readonly Site[] {
  if (state.status === 'absent') throw new DomainError('not-found');
  return state.sites;
}

const mostSites = 500;
const comparable = (name: string): string => name.normalize('NFKC').toLowerCase();

/** Two sites of one name could not be told apart. */
function changeSites(
  sites: readonly Site[],
  command: Extract<OrganisationCommand, { kind: 'add-site' | 'rename-site' | 'remove-site' }>,
): readonly OrganisationEvent[] {
  const { organisationId, siteId } = command;
  const known = sites.find((site) => site.siteId === siteId);
  if (command.kind !== 'add-site' && !known) throw new DomainError('not-found');
  if (command.kind === 'remove-site') return [{ type: 'organisation.site-removed', data: { organisationId, siteId } }];
  const { name } = command;
  if (sitesBut(sites, siteId).some((site) => comparable(site.name) === comparable(name)))
    throw new DomainError('site-name-taken');
  const data = { organisationId, siteId, name };
  if (command.kind === 'rename-site') return known?.name === name ? [] : [{ type: 'organisation.site-renamed', data }];
  if (sites.length >= mostSites) throw new DomainError('too-many-sites');
  return [{ type: 'organisation.site-added', data }];
}

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
