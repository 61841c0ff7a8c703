import { DomainError, type ChallengeEvent } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';
import { countsBackwards, type Evidence } from '@cofactor/factors';
import { evolve, factorOf, openChallengeIn, unusedCredential, type CredentialUse, type Pass } from './credential-use';
import { isOver, resendAtOf, secondsUntil, type PendingChallenge } from './pending-challenge';
import { secondsToWait, wrongAnswersAllowed } from './throttle';

type Refused = Extract<ChallengeEvent, { type: 'challenge.refused' }>;
/** Why an answer to one of its challenges is refused. */
export type Reason = Exclude<Refused['data']['reason'], 'unknown-challenge'>;

export interface IssueChallenge {
  readonly kind: 'issue';
  readonly challenge: PendingChallenge;
  /** Whether this challenge was asked for before. */
  readonly again: boolean;
  readonly now: string;
}

/** An answer with all that is known before it is compared with the secret. */
export interface Attempt {
  readonly challenge: PendingChallenge;
  readonly answerFingerprint: string;
  readonly now: string;
  /** What the vault says now: `dead` is destroyed, still pending, or somebody else's (DESIGN §6.3). */
  readonly secret: 'usable' | 'dead';
  /** Evidence that the enrolment accepted; it is spent. */
  readonly acceptedAtEnrolment: number | null;
}

export interface AnswerChallenge extends Attempt {
  readonly kind: 'answer';
  /** What the answer showed, or null where it matched nothing. */
  readonly evidence: Evidence | null;
}

export type CredentialCommand = IssueChallenge | AnswerChallenge;

/** Seconds in which the same answer to a challenge that it passed gives the same proof again (DESIGN §6.4). */
const secondsToRepeat = 60;

/** The uses of one credential: whether an answer counts is decided here and nowhere else. */
export const credentialUse: Decider<CredentialUse, CredentialCommand, ChallengeEvent> = {
  initialState: unusedCredential,
  stateVersion: 3,
  evolve,
  decide(use, command) {
    switch (command.kind) {
      case 'issue':
        return issue(use, command);
      case 'answer':
        return answer(use, command);
    }
  },
};

export const passOf = (use: CredentialUse, { challengeId }: PendingChallenge): Pass | null =>
  use.passes.find((pass) => pass.challengeId === challengeId) ?? null;

function issue(use: CredentialUse, { challenge, again, now }: IssueChallenge): readonly ChallengeEvent[] {
  if (use.disabled) throw new DomainError('credential-disabled');
  if (again) requireTimeToResend(use, challenge, now);
  const { personId, expiresAt } = challenge;
  return [{ type: 'challenge.issued', data: { ...described(challenge), personId, expiresAt } }];
}

/** The same challenge again lives no longer, and stands no more tries. */
function requireTimeToResend(use: CredentialUse, challenge: PendingChallenge, now: string): void {
  const open = openChallengeIn(use, challenge.challengeId);
  if (!open || now >= challenge.expiresAt || isUsedUp(use, challenge)) throw new DomainError('code-expired');
  const retryAfter = secondsUntil(resendAtOf(open.issuedAt, open.timesIssued), now);
  if (retryAfter > 0) throw new DomainError('too-early-to-resend', { retryAfter });
}

/** Whether it has had as many wrong answers as its kind of factor stands, or its stream does not know it (any more). */
function isUsedUp(use: CredentialUse, { challengeId, type }: PendingChallenge): boolean {
  const { triesPerChallenge } = factorOf(type);
  if (triesPerChallenge === null) return false;
  const open = openChallengeIn(use, challengeId);
  return open === null || open.wrongTries >= triesPerChallenge;
}

/** `open`: compare it. `repeated`: it has passed just now. Anything else refuses it, the right answer too. */
export function standingOf(use: CredentialUse, attempt: Attempt): 'open' | 'repeated' | Reason {
  const { challenge, now, secret } = attempt;
  if (secret === 'dead') return 'revoked';
  const pass = passOf(use, challenge);
  if (pass && isRepeated(pass, attempt)) return 'repeated';
  if (isOver(challenge, now)) return 'expired';
  if (pass) return 'already-used';
  if (use.disabled) return 'disabled';
  if (isUsedUp(use, challenge)) return 'expired';
  return secondsToWait(use, now) > 0 ? 'too-many-attempts' : 'open';
}

const isRepeated = (pass: Pass, { challenge, answerFingerprint, now }: Attempt): boolean =>
  pass.signInId === challenge.signInId &&
  pass.answerFingerprint === answerFingerprint &&
  Math.abs(Date.parse(now) - Date.parse(pass.at)) <= secondsToRepeat * 1000;

function answer(use: CredentialUse, command: AnswerChallenge): readonly ChallengeEvent[] {
  const { challenge, evidence } = command;
  const standing = standingOf(use, command);
  if (standing === 'repeated') return [];
  if (standing !== 'open') return [refused(challenge, standing)];
  if (evidence === null) return wrong(use, challenge);
  if (!isFresh(use, command, evidence.use)) return [refused(challenge, 'already-used')];
  if (evidence.signatures && countsBackwards(evidence.signatures, use.signCount))
    return [refused(challenge, 'counter-not-increased')];
  return [passed(command, evidence)];
}

function passed({ challenge, answerFingerprint }: AnswerChallenge, shown: Evidence): ChallengeEvent {
  const { use: evidence, signatures, amr } = shown;
  const signCount = signatures?.now ?? null;
  const data = { ...described(challenge), evidence, signCount, amr: [...amr], answerFingerprint };
  return { type: 'challenge.passed', data };
}

/** Never accepted by this credential, neither here nor when it was enrolled (RFC 6238 §5.2, DESIGN §6.3). */
function isFresh({ history }: CredentialUse, { challenge, acceptedAtEnrolment }: Attempt, evidence: number): boolean {
  const factor = factorOf(challenge.type);
  const known = acceptedAtEnrolment === null ? history : factor.remember(history, acceptedAtEnrolment);
  return factor.isFresh(known, evidence);
}

function wrong(use: CredentialUse, challenge: PendingChallenge): readonly ChallengeEvent[] {
  const failures = use.wrongInARow + 1;
  if (failures < wrongAnswersAllowed) return [refused(challenge, 'wrong')];
  const { credentialId, type, hint } = challenge;
  return [
    refused(challenge, 'wrong'),
    { type: 'credential.disabled', data: { credentialId, factorType: type, hint, failures } },
  ];
}

const refused = (challenge: PendingChallenge, reason: Reason): Refused => ({
  type: 'challenge.refused',
  data: { ...described(challenge), reason },
});

const described = ({ challengeId, signInId, credentialId, type, hint }: PendingChallenge) => ({
  challengeId,
  signInId,
  credentialId,
  factorType: type,
  hint,
});
