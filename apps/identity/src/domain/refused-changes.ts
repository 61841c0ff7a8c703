import type { IdentityEvent, ProblemCode } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';
import type { FactorChange } from './who-may';

type ChangeRefused = Extract<IdentityEvent, { type: 'factor-change.refused' }>;

/** A person's changes of factors that were not allowed: the state of the stream `factor-changes-{personId}`. */
export interface RefusedChanges {
  readonly refused: number;
}

export interface RefuseChange {
  readonly personId: string;
  readonly change: FactorChange;
  readonly reason: ChangeRefused['data']['reason'];
}

/** The refusals that are attempts to change what one may not; a password that is asked for is none of them. */
const reasons: Readonly<Partial<Record<ProblemCode, RefuseChange['reason']>>> = {
  'second-factor-required': 'second-factor-required',
  'set-up-required': 'set-up-required',
  'not-allowed': 'no-way-in',
  'generic-account': 'generic-account',
};
export const reasonOfRefusal = (code: ProblemCode): RefuseChange['reason'] | null => reasons[code] ?? null;

/** A change of factors that is refused is an attempt: a fact (I6). */
export const refusedChanges: Decider<RefusedChanges, RefuseChange, ChangeRefused> = {
  initialState: { refused: 0 },
  stateVersion: 1,
  decide: (_state, { personId, change, reason }) => [
    { type: 'factor-change.refused', data: { personId, change, reason } },
  ],
  evolve({ refused }, event) {
    switch (event.type) {
      case 'factor-change.refused':
        return { refused: refused + 1 };
    }
  },
};
