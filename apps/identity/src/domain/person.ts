import { DomainError, type IdentityEvent, type OrganisationRole } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';

export type PersonEvent = Extract<IdentityEvent, { type: 'person.registered' | 'person.joined-organisation' }>;

export interface PersonState {
  readonly registered: boolean;
  readonly organisationIds: readonly string[];
}

export interface RegisterPerson {
  readonly personId: string;
  readonly contactId: string;
  readonly emailHint: string;
  /** The name, sealed under the person's data key. */
  readonly sealedName: string;
  readonly organisationId: string;
  readonly roles: readonly OrganisationRole[];
}

/** A human being who signs in, and the practices that they belong to. */
export const person: Decider<PersonState, RegisterPerson, PersonEvent> = {
  initialState: { registered: false, organisationIds: [] },
  stateVersion: 1,
  decide(state, command) {
    if (state.registered) throw new DomainError('conflict');
    const { personId, contactId, emailHint, sealedName, organisationId, roles } = command;
    return [
      { type: 'person.registered', data: { personId, contactId, emailHint, name: sealedName } },
      { type: 'person.joined-organisation', data: { personId, organisationId, roles: [...roles] } },
    ];
  },
  evolve(state, event) {
    switch (event.type) {
      case 'person.registered':
        return { ...state, registered: true };
      case 'person.joined-organisation':
        return { ...state, organisationIds: [...state.organisationIds, event.data.organisationId] };
    }
  },
};

/** An address that others may see: its first letter and its domain. */
export function emailHint(email: string): string {
  const [local = '', domain = ''] = email.split('@');
  return `${[...local][0] ?? ''}•••@${domain}`;
}
