import type { ChallengeEvent } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';

type Refused = Extract<ChallengeEvent, { type: 'challenge.refused' }>;
type UnmatchedAnswer = Refused & { readonly data: Extract<Refused['data'], { reason: 'unknown-challenge' }> };

/** The answers of one sign-in that met no challenge of its own: the state of the stream `answers-{signInId}`. */
export interface UnmatchedAnswers {
  readonly refused: number;
}

export const streamOfSignIn = (signInId: string): string => `answers-${signInId}`;

/** An answer without a challenge is refused, and is an attempt like any other: a fact (I6). */
export const unmatchedAnswers: Decider<UnmatchedAnswers, { readonly signInId: string }, UnmatchedAnswer> = {
  initialState: { refused: 0 },
  stateVersion: 1,
  decide: (_state, { signInId }) => [{ type: 'challenge.refused', data: { signInId, reason: 'unknown-challenge' } }],
  evolve({ refused }, event) {
    switch (event.type) {
      case 'challenge.refused':
        return { refused: refused + 1 };
    }
  },
};
