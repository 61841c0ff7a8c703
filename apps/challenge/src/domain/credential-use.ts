import type { ChallengeEvent, FactorType } from '@cofactor/contracts';
import { UnreadableEvent } from '@cofactor/event-sourcing';
import { neverUsed, registry, type Factor, type UseHistory } from '@cofactor/factors';
import { secondsToAnswer } from './pending-challenge';

/** A challenge that was answered rightly. */
export interface Pass {
  readonly challengeId: string;
  readonly signInId: string;
  readonly answerFingerprint: string;
  /** What the answer added to the registered values of its factor (RFC 8176). */
  readonly amr: readonly string[];
  readonly at: string;
}

/** A challenge that can still be answered. */
export interface OpenChallenge {
  readonly challengeId: string;
  /** When it was asked for first, and last. */
  readonly askedAt: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
  /** How often it was asked for. */
  readonly timesIssued: number;
  readonly wrongTries: number;
}

/** How one credential was used: the state of the stream `credential-{credentialId}`. */
export interface CredentialUse {
  /** Null until its first challenge. */
  readonly personId: string | null;
  readonly history: UseHistory;
  /** What the authenticator's counter of signatures last said; null where it was not seen since it was set up. */
  readonly signCount: number | null;
  /** Oldest first; of very many, the newest. */
  readonly open: readonly OpenChallenge[];
  /** Wrong answers since the last right one. A replay is neither. */
  readonly wrongInARow: number;
  readonly lastWrongAt: string | null;
  readonly disabled: boolean;
  /** As long as their challenges could still be answered again, oldest first. */
  readonly passes: readonly Pass[];
  readonly lastUsedAt: string | null;
}

export const unusedCredential: CredentialUse = {
  personId: null,
  history: neverUsed,
  signCount: null,
  open: [],
  wrongInARow: 0,
  lastWrongAt: null,
  disabled: false,
  passes: [],
  lastUsedAt: null,
};

export const streamOf = (credentialId: string): string => `credential-${credentialId}`;

/** Exhaustive: an event type without its case does not compile (I6). */
export function evolve(use: CredentialUse, event: ChallengeEvent, at: string): CredentialUse {
  switch (event.type) {
    case 'challenge.issued':
      return { ...use, personId: use.personId ?? event.data.personId, open: withIssued(use.open, event.data, at) };
    case 'challenge.passed': {
      const { challengeId, signInId, answerFingerprint, evidence, factorType, signCount, amr } = event.data;
      const passes = [...use.passes, { challengeId, signInId, answerFingerprint, amr, at }];
      return {
        ...use,
        history: factorOf(factorType).remember(use.history, evidence),
        signCount: signCount ?? use.signCount,
        open: use.open.filter((challenge) => challenge.challengeId !== challengeId),
        wrongInARow: 0,
        lastWrongAt: null,
        passes: passes.filter((pass) => Date.parse(at) - Date.parse(pass.at) <= secondsToAnswer * 1000),
        lastUsedAt: at,
      };
    }
    case 'challenge.refused':
      if (event.data.reason !== 'wrong') return use;
      return {
        ...use,
        open: withWrongTry(use.open, event.data.challengeId),
        wrongInARow: use.wrongInARow + 1,
        lastWrongAt: at,
      };
    case 'credential.disabled':
      return { ...use, disabled: true };
  }
}

/** More than one person can have in hand; they keep a snapshot small whatever is asked for. */
const openChallengesKept = 50;

type Issued = Extract<ChallengeEvent, { type: 'challenge.issued' }>['data'];

function withIssued(open: readonly OpenChallenge[], issued: Issued, at: string): readonly OpenChallenge[] {
  const { challengeId, expiresAt } = issued;
  const before = open.find((challenge) => challenge.challengeId === challengeId);
  const fresh = { challengeId, askedAt: at, expiresAt, timesIssued: 0, wrongTries: 0 };
  const asked = { ...(before ?? fresh), issuedAt: at, timesIssued: (before?.timesIssued ?? 0) + 1 };
  const others = open.filter((challenge) => challenge !== before && at < challenge.expiresAt);
  return [...others, asked].slice(-openChallengesKept);
}

const withWrongTry = (open: readonly OpenChallenge[], challengeId: string): readonly OpenChallenge[] =>
  open.map((one) => (one.challengeId === challengeId ? { ...one, wrongTries: one.wrongTries + 1 } : one));

/** A challenge as its credential's stream knows it; null for one that is over, or never was. */
export const openChallengeIn = ({ open }: CredentialUse, challengeId: string): OpenChallenge | null =>
  open.find((challenge) => challenge.challengeId === challengeId) ?? null;

/** The factor that verified a credential; a type that this release lacks is no history that it can read (§6.11). */
export function factorOf(type: FactorType): Factor {
  const factor = registry.get(type);
  if (!factor) throw new UnreadableEvent(`a challenge of a factor of the type ${type}`, 1);
  return factor;
}
