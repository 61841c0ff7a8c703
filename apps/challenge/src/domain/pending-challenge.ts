import type { FactorType } from '@cofactor/contracts';

/** A challenge that may be answered: what was asked of whom, in which sign-in. Holds no code and no secret. */
export interface PendingChallenge {
  readonly challengeId: string;
  readonly signInId: string;
  readonly personId: string;
  readonly credentialId: string;
  readonly type: FactorType;
  readonly hint: string;
  /** When it was last asked for. */
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** At most ten minutes (NIST SP 800-63B-4 §3.1.3.2). */
export const secondsToAnswer = 600;
const secondsToResend = 30;
/** Each resend makes the next wait twice as long, so that nobody's phone is flooded. */
const backOff = 2;
/** What one sign-in can have open at a time: more than anyone needs, too few to crowd out those of others. */
export const openChallengesAllowed = 20;

const later = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString();

export const expiryOf = (issuedAt: string): string => later(issuedAt, secondsToAnswer);
/** From when the same challenge can be asked for again, having been asked for so often. */
export const resendAtOf = (issuedAt: string, timesIssued: number): string =>
  later(issuedAt, secondsToResend * backOff ** (timesIssued - 1));

/** Seconds by which the clocks of replicas may differ (DESIGN §6.11). */
const skew = 5;

/**
 * Whether its time is over. By a clock that is before its beginning it is over too: the clock was moved back, and how
 * long ago it was asked for is not known (NIST SP 800-63B-4 §3.1.3.2).
 */
export const isOver = ({ issuedAt, expiresAt }: PendingChallenge, now: string): boolean =>
  now >= expiresAt || now < later(issuedAt, -skew);

/** Whole seconds from `now` until `instant`, rounded up; 0 when it is over. */
export const secondsUntil = (instant: string, now: string): number =>
  Math.max(0, Math.ceil((Date.parse(instant) - Date.parse(now)) / 1000));
