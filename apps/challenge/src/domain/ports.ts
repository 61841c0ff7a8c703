import type { ClientOf, notificationOperations } from '@cofactor/contracts';
import type { PendingChallenge } from './pending-challenge';

/** Who brings a code to the person, by text message or email. */
export type CodeSender = Pick<ClientOf<typeof notificationOperations>, 'sendCode'>;

/**
 * Where challenges wait for their answer. Losing them fails sign-ins, and never passes one: whether an answer counts
 * is decided by the credential's stream (DESIGN §6.4, I3).
 */
export interface PendingChallenges {
  /** Replaces what stands under the same id. Forgotten after `secondsToLive`, or earlier where room is short. */
  put(challenge: PendingChallenge, secondsToLive: number): Promise<void>;
  /** Null for one that is unknown or was forgotten. */
  get(challengeId: string): Promise<PendingChallenge | null>;
  /**
   * Takes one of the `most` places that a sign-in has for challenges, until this one expires; the same challenge again
   * takes no other. Null when it has its place, else when the next one becomes free. Atomic over all replicas.
   */
  takePlace(challenge: PendingChallenge, most: number): Promise<string | null>;
  /** Gives a place back whose challenge was not issued after all. */
  leavePlace(challenge: PendingChallenge): Promise<void>;
}
