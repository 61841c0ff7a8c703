import type { ChallengeEvent } from '@cofactor/contracts';
import { evidenceOf } from '@cofactor/factors';
import type { AnswerChallenge, Reason } from './credential-use.decider';
import { expiryOf, type PendingChallenge } from './pending-challenge';

/** When the histories of these examples happened. */
export const start = '2026-03-01T09:30:00.000Z';
export const after = (seconds: number): string => new Date(Date.parse(start) + seconds * 1000).toISOString();

export const aChallenge = (differing: Partial<PendingChallenge> = {}): PendingChallenge => ({
  challengeId: 'challenge-1',
  signInId: 'sign-in-1',
  personId: 'sam',
  credentialId: 'app',
  type: 'totp',
  hint: 'Authenticator app',
  issuedAt: start,
  expiresAt: expiryOf(start),
  ...differing,
});

export const ofRecoveryCodes = { credentialId: 'codes', type: 'recovery-code', hint: 'Recovery codes' } as const;

const attemptOf = ({ challengeId, signInId, credentialId, type, hint }: PendingChallenge) => ({
  challengeId,
  signInId,
  credentialId,
  factorType: type,
  hint,
});

export const issued = (challenge = aChallenge()): ChallengeEvent => ({
  type: 'challenge.issued',
  data: { ...attemptOf(challenge), personId: challenge.personId, expiresAt: challenge.expiresAt },
});

export const refused = (reason: Reason, challenge = aChallenge()): ChallengeEvent => ({
  type: 'challenge.refused',
  data: { ...attemptOf(challenge), reason },
});

export const passed = (evidence: number, challenge = aChallenge(), answerFingerprint = 'print'): ChallengeEvent => ({
  type: 'challenge.passed',
  data: { ...attemptOf(challenge), evidence, signCount: null, amr: [], answerFingerprint },
});

export const disabled = (failures = 100): ChallengeEvent => ({
  type: 'credential.disabled',
  data: { credentialId: 'app', factorType: 'totp', hint: 'Authenticator app', failures },
});

export const timesWrong = (count: number): ChallengeEvent[] => Array.from({ length: count }, () => refused('wrong'));

/** A right answer, one second after the challenge, unless told otherwise. */
export const anAnswer = (differing: Partial<AnswerChallenge> = {}): AnswerChallenge => ({
  kind: 'answer',
  challenge: aChallenge(),
  answerFingerprint: 'print',
  now: after(1),
  secret: 'usable',
  acceptedAtEnrolment: null,
  evidence: evidenceOf(59_000_000),
  ...differing,
});
