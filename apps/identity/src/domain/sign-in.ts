import {
  DomainError,
  type Assurance,
  type FactorType,
  type IdentityEvent,
  type Next,
  type Proof,
} from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';

export type SignInEvent = Extract<
  IdentityEvent,
  { type: 'sign-in.started' | 'sign-in.second-factor-accepted' | 'sign-in.completed' | 'sign-in.cancelled' }
>;

export type SignInState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'open' | 'completed' | 'cancelled';
      readonly personId: string;
      readonly startedAt: string;
      readonly expiresAt: string;
      /** Methods proven so far, as RFC 8176 names them. */
      readonly amr: readonly string[];
      readonly next: Next['step'];
      /** The types of the second factors that were proven, or set up, so far. */
      readonly proven: readonly FactorType[];
      readonly proofIds: readonly string[];
    };

export type SignInCommand =
  | {
      readonly kind: 'start';
      readonly signInId: string;
      readonly personId: string;
      readonly expiresAt: string;
      readonly at: Date;
      readonly next: Next['step'];
      /** The session to open when nothing more is asked for; null when something is. */
      readonly completeWith: string | null;
    }
  | {
      readonly kind: 'accept-proof';
      readonly signInId: string;
      readonly proof: Proof;
      readonly at: Date;
      /** The session to open when this proof is all that was missing; null when a set-up is still to be finished. */
      readonly completeWith: string | null;
    }
  | { readonly kind: 'cancel'; readonly signInId: string };

/** One attempt to sign in, from the accepted password to the session. A proof is taken once (DESIGN §6.4). */
export const signIn: Decider<SignInState, SignInCommand, SignInEvent> = {
  initialState: { status: 'absent' },
  stateVersion: 2,
  decide(state, command) {
    switch (command.kind) {
      case 'start':
        return start(state, command);
      case 'accept-proof':
        return acceptProof(state, command);
      case 'cancel':
        return cancel(state, command.signInId);
    }
  },
  evolve(state, event, at) {
    switch (event.type) {
      case 'sign-in.started':
        return {
          status: 'open',
          personId: event.data.personId,
          startedAt: at,
          expiresAt: event.data.expiresAt,
          amr: ['pwd'],
          next: event.data.next,
          proven: [],
          proofIds: [],
        };
      case 'sign-in.second-factor-accepted':
        return state.status === 'absent'
          ? state
          : {
              ...state,
              next: 'set-up',
              proven: [...state.proven, event.data.proof.factorType],
              proofIds: [...state.proofIds, event.data.proof.proofId],
            };
      case 'sign-in.completed':
        return state.status === 'absent' ? state : { ...state, status: 'completed' };
      case 'sign-in.cancelled':
        return state.status === 'absent' ? state : { ...state, status: 'cancelled' };
    }
  },
};

function start(state: SignInState, command: Extract<SignInCommand, { kind: 'start' }>): readonly SignInEvent[] {
  if (state.status !== 'absent') throw new DomainError('conflict');
  const { signInId, personId, expiresAt, at, next, completeWith } = command;
  const data = { signInId, personId, method: 'password', next, expiresAt } as const;
  const started = { type: 'sign-in.started', data } as const;
  if (completeWith === null) return [started];
  const assurance: Assurance = { level: 'aal1', amr: ['pwd'], authenticatedAt: at.toISOString() };
  return [
    started,
    { type: 'sign-in.completed', data: { signInId, personId, sessionId: completeWith, assurance, proof: null } },
  ];
}

function acceptProof(
  state: SignInState,
  command: Extract<SignInCommand, { kind: 'accept-proof' }>,
): readonly SignInEvent[] {
  const { signInId, proof, at, completeWith } = command;
  if (state.status === 'absent') throw new DomainError('not-found');
  if (state.status === 'completed' || state.proofIds.includes(proof.proofId)) throw new DomainError('already-done');
  if (state.status === 'cancelled' || at.getTime() >= Date.parse(state.expiresAt))
    throw new DomainError('not-signed-in');
  const isItsOwn = proof.authority.kind === 'sign-in' && proof.authority.id === signInId;
  if (!isItsOwn || proof.personId !== state.personId || !canTake(state, proof))
    throw new DomainError('statement-refused');
  const accepted = { proofId: proof.proofId, credentialId: proof.credentialId, factorType: proof.factorType };
  const { personId } = state;
  if (completeWith === null) {
    return [{ type: 'sign-in.second-factor-accepted', data: { signInId, personId, proof: accepted } }];
  }
  const assurance = raisedBy(state.amr, proof, at);
  return [
    { type: 'sign-in.completed', data: { signInId, personId, sessionId: completeWith, assurance, proof: accepted } },
  ];
}

function cancel(state: SignInState, signInId: string): readonly SignInEvent[] {
  if (state.status !== 'open') throw new DomainError('not-signed-in');
  return [{ type: 'sign-in.cancelled', data: { signInId, personId: state.personId } }];
}

/**
 * A set-up takes the place of a second factor only where the sign-in was told to set one up (DESIGN §6.2). A second
 * factor counts in any sign-in that has none of its type yet, since one organisation may ask for another than the next:
 * one that was told to set up meets one where another tab was faster, or where it died between the set-up and its proof.
 */
function canTake(
  state: Exclude<SignInState, { status: 'absent' }>,
  { purpose, factorType }: Pick<Proof, 'purpose' | 'factorType'>,
): boolean {
  return purpose === 'second-factor' ? !state.proven.includes(factorType) : state.next === 'set-up';
}

/** What a password and a second factor reach together: AAL2 (NIST SP 800-63B-4 §2.2). */
export const raisedBy = (amr: readonly string[], proof: Proof, at: Date): Assurance => ({
  level: 'aal2',
  amr: [...new Set([...amr, ...proof.amr, 'mfa'])],
  authenticatedAt: at.toISOString(),
});
