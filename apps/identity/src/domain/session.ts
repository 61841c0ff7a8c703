import { DomainError, type Assurance, type IdentityEvent, type Proof } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';
import { raisedBy } from './sign-in';

export type SessionEvent = Extract<IdentityEvent, { type: 'session.started' | 'session.elevated' | 'session.ended' }>;

type Reason = Extract<SessionEvent, { type: 'session.ended' }>['data']['reason'];

/** Why every session of a person ends at once. */
export type AllEnding = Extract<Reason, 'factors-reset' | 'reported-as-not-mine' | 'left-last-practice'>;

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
      readonly reason: Exclude<Reason, 'second-factor-added' | AllEnding>;
    }
  | { readonly kind: 'end-if-by-password'; readonly sessionId: string }
  | { readonly kind: 'end-with-all'; readonly sessionId: string; readonly reason: AllEnding };

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
    if (command.kind === 'end-if-by-password') return endIfByPassword(state, command.sessionId);
    if (command.kind === 'end-with-all') return endWithAll(state, command);
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

/** What it rests on was cleared (PRODUCT AX4), may be a stranger's (HE8), or is over. Once ended, it stays so. */
function endWithAll(
  state: SessionState,
  { sessionId, reason }: Extract<SessionCommand, { kind: 'end-with-all' }>,
): readonly SessionEvent[] {
  if (state.status !== 'active') return [];
  const { personId } = state;
  return [{ type: 'session.ended', data: { sessionId, personId, reason } }];
}

/** A session that only a password opened ends when a second factor is there to be asked for (R23); others stay. */
function endIfByPassword(state: SessionState, sessionId: string): readonly SessionEvent[] {
  if (state.status !== 'active' || state.assurance.level !== 'aal1') return [];
  const { personId } = state;
  return [{ type: 'session.ended', data: { sessionId, personId, reason: 'second-factor-added' } }];
}

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
