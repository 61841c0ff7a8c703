import { DomainError, type Assurance, type IdentityEvent, type Proof } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';
import { raisedBy } from './sign-in';

export type SessionEvent = Extract<IdentityEvent, { type: 'session.started' | 'session.elevated' | 'session.ended' }>;

export type SessionState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'active' | 'ended';
      readonly personId: string;
      readonly assurance: Assurance;
      readonly proofIds: readonly string[];
    };

export type SessionCommand =
  | {
      readonly kind: 'start';
      readonly sessionId: string;
      readonly personId: string;
      readonly assurance: Assurance;
      readonly expiresAt: string;
    }
  | { readonly kind: 'elevate'; readonly sessionId: string; readonly proof: Proof; readonly at: Date }
  | {
      readonly kind: 'end';
      readonly sessionId: string;
      readonly reason: Extract<SessionEvent, { type: 'session.ended' }>['data']['reason'];
    };

/** A signed-in person at one browser or program. */
export const session: Decider<SessionState, SessionCommand, SessionEvent> = {
  initialState: { status: 'absent' },
  stateVersion: 1,
  decide(state, command) {
    if (command.kind === 'start') {
      if (state.status !== 'absent') throw new DomainError('conflict');
      const { sessionId, personId, assurance, expiresAt } = command;
      return [{ type: 'session.started', data: { sessionId, personId, assurance, expiresAt } }];
    }
    if (state.status !== 'active') throw new DomainError('not-signed-in');
    const { sessionId } = command;
    const { personId } = state;
    switch (command.kind) {
      case 'elevate':
        return elevate(state, command);
      case 'end':
        return [{ type: 'session.ended', data: { sessionId, personId, reason: command.reason } }];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'session.started':
        return { status: 'active', personId: event.data.personId, assurance: event.data.assurance, proofIds: [] };
      case 'session.elevated':
        return state.status === 'absent'
          ? state
          : {
              ...state,
              assurance: event.data.assurance,
              proofIds: [...state.proofIds, event.data.proof.proofId],
            };
      case 'session.ended':
        return state.status === 'absent' ? state : { ...state, status: 'ended' };
    }
  },
};

/**
 * The first factor that a person sets up from a password-only session raises that session: it was proven a moment
 * ago. A session that already rests on two factors gains nothing by another.
 */
function elevate(
  state: Exclude<SessionState, { status: 'absent' }>,
  { sessionId, proof, at }: Extract<SessionCommand, { kind: 'elevate' }>,
): readonly SessionEvent[] {
  const { personId } = state;
  const isItsOwn = proof.authority.kind === 'session' && proof.authority.id === sessionId;
  if (!isItsOwn || proof.personId !== personId || proof.purpose !== 'factor-set-up')
    throw new DomainError('statement-refused');
  if (state.proofIds.includes(proof.proofId)) throw new DomainError('already-done');
  if (state.assurance.level !== 'aal1') return [];
  const accepted = { proofId: proof.proofId, credentialId: proof.credentialId, factorType: proof.factorType };
  const assurance = raisedBy(state.assurance.amr, proof, at);
  return [{ type: 'session.elevated', data: { sessionId, personId, assurance, proof: accepted } }];
}
