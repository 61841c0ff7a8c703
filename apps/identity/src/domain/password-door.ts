import type { IdentityEvent } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';

export type PasswordDoorEvent = Extract<IdentityEvent, { type: 'sign-in.refused' | 'password-wait.cleared' }>;

export interface PasswordDoorState {
  readonly failuresInARow: number;
  readonly lastFailureAt: string | null;
}

export type PasswordVerdict =
  | { readonly kind: 'right'; readonly personId: string }
  | { readonly kind: 'wrong-password'; readonly personId: string }
  /** Right, but no factor is left and none may be bound (DESIGN §6.2). */
  | { readonly kind: 'no-way-in'; readonly personId: string }
  | { readonly kind: 'unknown-email' };

export interface TryPassword {
  readonly at: Date;
  readonly verdict: PasswordVerdict;
}

const freeTries = 5;
const longestWait = 900;
/** Cyber Essentials v3.2 (R44): no more than ten guesses in five minutes. */
const guessesInFiveMinutes = 10;
const fiveMinutes = 300;

/**
 * How many seconds this door stays closed: none for the first five wrong passwords in a row, then 1, 2, 4 … up to
 * 15 minutes after the last one, from the tenth on five minutes at least. Passwords are never disabled, so nobody can
 * lock a clinician out for good.
 */
export function secondsToWait(state: PasswordDoorState, at: Date): number {
  if (state.failuresInARow < freeTries || state.lastFailureAt === null) return 0;
  const growing = Math.min(longestWait, 2 ** (state.failuresInARow - freeTries));
  const wait = state.failuresInARow < guessesInFiveMinutes ? growing : Math.max(fiveMinutes, growing);
  const passed = (at.getTime() - Date.parse(state.lastFailureAt)) / 1000;
  return Math.max(0, Math.ceil(wait - passed));
}

/**
 * The tries of one email from one network (both only as a keyed hash), known or not: the throttle on guessing
 * passwords (DESIGN §5 Throttles). While it is closed the right password is refused too, so it tells nothing.
 */
export const passwordDoor: Decider<PasswordDoorState, TryPassword, PasswordDoorEvent> = {
  initialState: { failuresInARow: 0, lastFailureAt: null },
  stateVersion: 1,
  decide(state, { at, verdict }) {
    const personId = verdict.kind === 'unknown-email' ? null : verdict.personId;
    if (secondsToWait(state, at) > 0) {
      return [{ type: 'sign-in.refused', data: { personId, reason: 'too-many-attempts' } }];
    }
    if (verdict.kind !== 'right') return [{ type: 'sign-in.refused', data: { personId, reason: verdict.kind } }];
    if (state.failuresInARow === 0) return [];
    return [{ type: 'password-wait.cleared', data: { personId: verdict.personId } }];
  },
  evolve(state, event, at) {
    switch (event.type) {
      case 'sign-in.refused':
        return event.data.reason === 'wrong-password' || event.data.reason === 'unknown-email'
          ? { failuresInARow: state.failuresInARow + 1, lastFailureAt: at }
          : state;
      case 'password-wait.cleared':
        return { failuresInARow: 0, lastFailureAt: null };
    }
  },
};
