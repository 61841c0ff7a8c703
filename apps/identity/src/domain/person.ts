import { DomainError, type IdentityEvent, type OrganisationRole } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';

export type PersonEvent = Extract<
  IdentityEvent,
  {
    type:
      | 'person.registered'
      | 'person.joined-organisation'
      | 'person.second-factor-requirement-changed'
      | 'operator.appointed';
  }
>;

export interface PersonState {
  readonly registered: boolean;
  readonly organisationIds: readonly string[];
  readonly isOperator: boolean;
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
  | (NewPerson & {
      readonly kind: 'register-in-organisation';
      readonly organisationId: string;
      readonly roles: readonly OrganisationRole[];
    })
  /** Someone who runs the installation, and belongs to no practice. */
  | (NewPerson & { readonly kind: 'register-operator' })
  | { readonly kind: 'appoint-operator'; readonly personId: string }
  | { readonly kind: 'require-second-factor'; readonly personId: string; readonly required: boolean };

/** A human being who signs in, the practices that they belong to, and whether they run the installation. */
export const person: Decider<PersonState, PersonCommand, PersonEvent> = {
  initialState: { registered: false, organisationIds: [], isOperator: false, secondFactorRequired: false },
  stateVersion: 3,
  decide(state, command) {
    const { personId } = command;
    const appointed = { type: 'operator.appointed', data: { personId } } as const;
    switch (command.kind) {
      case 'register-in-organisation': {
        const { organisationId, roles } = command;
        const joined = { personId, organisationId, roles: [...roles] };
        return [registered(state, command), { type: 'person.joined-organisation', data: joined }];
      }
      case 'register-operator':
        return [registered(state, command), appointed];
      case 'appoint-operator':
        if (!state.registered) throw new DomainError('not-found');
        return state.isOperator ? [] : [appointed];
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
      case 'person.joined-organisation':
        return { ...state, organisationIds: [...state.organisationIds, event.data.organisationId] };
      case 'person.second-factor-requirement-changed':
        return { ...state, secondFactorRequired: event.data.required };
      case 'operator.appointed':
        return { ...state, isOperator: true };
    }
  },
};

function registered(state: PersonState, { personId, contactId, emailHint: hint, sealedName }: NewPerson): PersonEvent {
  if (state.registered) throw new DomainError('conflict');
  return { type: 'person.registered', data: { personId, contactId, emailHint: hint, name: sealedName } };
}
