import { DomainError, type IdentityEvent, type InstallationRole, type OrganisationRole } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';

export type PersonEvent = Extract<
  IdentityEvent,
  {
    type:
      | 'person.registered'
      | 'person.joined-organisation'
      | 'person.roles-changed'
      | 'person.sites-changed'
      | 'person.left-organisation'
      | 'person.second-factor-requirement-changed'
      | 'operator.appointed'
      | 'support.appointed'
      | 'support.dismissed';
  }
>;

/** What someone may do in a practice, and at which of its sites: none is the whole practice. */
export interface MembershipState {
  readonly organisationId: string;
  readonly roles: readonly OrganisationRole[];
  readonly siteIds: readonly string[];
}

export interface PersonState {
  readonly registered: boolean;
  readonly memberships: readonly MembershipState[];
  readonly isOperator: boolean;
  readonly isSupport: boolean;
  /** Whether the operator asks this person for a second factor, whatever their practices do (PRODUCT HE3). */
  readonly secondFactorRequired: boolean;
}

interface NewPerson {
  readonly personId: string;
  readonly contactId: string;
  readonly emailHint: string;
  /** The name, sealed under the person's data key. */
  readonly sealedName: string;
}

export type PersonCommand =
  | (NewPerson & MembershipState & { readonly kind: 'register-in-organisation' })
  | (MembershipState & { readonly kind: 'join-organisation' | 'change-membership'; readonly personId: string })
  | { readonly kind: 'leave-organisation'; readonly personId: string; readonly organisationId: string }
  /** Someone who runs the installation or helps its people, and belongs to no practice. */
  | (NewPerson & { readonly kind: 'register-staff'; readonly role: InstallationRole })
  | { readonly kind: 'appoint'; readonly personId: string; readonly role: InstallationRole }
  | { readonly kind: 'dismiss-support'; readonly personId: string }
  | { readonly kind: 'require-second-factor'; readonly personId: string; readonly required: boolean };

/** A human being who signs in, the practices that they belong to, and whether they run the installation. */
export const person: Decider<PersonState, PersonCommand, PersonEvent> = {
  initialState: {
    registered: false,
    memberships: [],
    isOperator: false,
    isSupport: false,
    secondFactorRequired: false,
  },
  stateVersion: 5,
  decide(state, command) {
    const { personId } = command;
    switch (command.kind) {
      case 'register-in-organisation':
        return [registered(state, command), ...joined(command)];
      case 'join-organisation':
        if (!state.registered) throw new DomainError('not-found');
        if (membershipIn(state, command.organisationId)) throw new DomainError('already-a-member');
        return joined(command);
      case 'change-membership':
        return changed(state, command);
      case 'leave-organisation': {
        const { organisationId } = command;
        if (!membershipIn(state, organisationId)) throw new DomainError('not-found');
        return [{ type: 'person.left-organisation', data: { personId, organisationId } }];
      }
      case 'register-staff':
        return [registered(state, command), appointed(command)];
      case 'appoint': {
        if (!state.registered) throw new DomainError('not-found');
        const isAlready = command.role === 'operator' ? state.isOperator : state.isSupport;
        return isAlready ? [] : [appointed(command)];
      }
      case 'dismiss-support':
        if (!state.registered) throw new DomainError('not-found');
        return state.isSupport ? [{ type: 'support.dismissed', data: { personId } }] : [];
      case 'require-second-factor': {
        if (!state.registered) throw new DomainError('not-found');
        const { required } = command;
        if (state.secondFactorRequired === required) return [];
        return [{ type: 'person.second-factor-requirement-changed', data: { personId, required } }];
      }
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'person.registered':
        return { ...state, registered: true };
      case 'person.joined-organisation': {
        const { organisationId, roles } = event.data;
        return { ...state, memberships: [...state.memberships, { organisationId, roles, siteIds: [] }] };
      }
      case 'person.roles-changed':
        return withMembership(state, event.data.organisationId, { roles: event.data.roles });
      case 'person.sites-changed':
        return withMembership(state, event.data.organisationId, { siteIds: event.data.siteIds });
      case 'person.left-organisation': {
        const left = event.data.organisationId;
        return { ...state, memberships: state.memberships.filter(({ organisationId }) => organisationId !== left) };
      }
      case 'person.second-factor-requirement-changed':
        return { ...state, secondFactorRequired: event.data.required };
      case 'operator.appointed':
        return { ...state, isOperator: true };
      case 'support.appointed':
        return { ...state, isSupport: true };
      case 'support.dismissed':
        return { ...state, isSupport: false };
    }
  },
};

type Membership = MembershipState & { readonly personId: string };

const membershipIn = ({ memberships }: PersonState, organisationId: string): MembershipState | undefined =>
  memberships.find((held) => held.organisationId === organisationId);

const withMembership = (state: PersonState, organisationId: string, change: Partial<MembershipState>): PersonState => ({
  ...state,
  memberships: state.memberships.map((held) =>
    held.organisationId === organisationId ? { ...held, ...change } : held,
  ),
});

const sitesChanged = ({ personId, organisationId, siteIds }: Membership): PersonEvent => ({
  type: 'person.sites-changed',
  data: { personId, organisationId, siteIds: [...siteIds] },
});

function joined(membership: Membership): readonly PersonEvent[] {
  const { personId, organisationId, roles, siteIds } = membership;
  const data = { personId, organisationId, roles: [...roles] };
  return [{ type: 'person.joined-organisation', data }, ...(siteIds.length > 0 ? [sitesChanged(membership)] : [])];
}

/** What differs from before, in any order; the same again is no change. */
function changed(state: PersonState, membership: Membership): readonly PersonEvent[] {
  const { personId, organisationId, roles } = membership;
  const held = membershipIn(state, organisationId);
  if (!held) throw new DomainError('not-found');
  const data = { personId, organisationId, roles: [...roles] };
  return [
    ...(isSameSet(held.roles, roles) ? [] : [{ type: 'person.roles-changed', data } as const]),
    ...(isSameSet(held.siteIds, membership.siteIds) ? [] : [sitesChanged(membership)]),
  ];
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((item) => other.includes(item));

const appointed = ({ personId, role }: { personId: string; role: InstallationRole }): PersonEvent => ({
  type: role === 'operator' ? 'operator.appointed' : 'support.appointed',
  data: { personId },
});

function registered(state: PersonState, { personId, contactId, emailHint: hint, sealedName }: NewPerson): PersonEvent {
  if (state.registered) throw new DomainError('conflict');
  return { type: 'person.registered', data: { personId, contactId, emailHint: hint, name: sealedName } };
}
