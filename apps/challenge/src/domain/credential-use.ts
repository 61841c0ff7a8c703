import type { ChallengeEvent, FactorType } from '@cofactor/contracts';
import { UnreadableEvent } from '@cofactor/event-sourcing';
import { neverUsed, registry, type Factor, type UseHistory } from '@cofactor/factors';
import { secondsToAnswer } from './pending-challenge';

/** A challenge that was answered rightly. */
export interface Pass {
  readonly challengeId: string;
  readonly signInId: string;
  readonly answerFingerprint: string;
  readonly at: string;
}

/** How one credential was used: the state of the stream `credential-{credentialId}`. */
export interface CredentialUse {
  /** Null until its first challenge. */
  readonly personId: string | null;
  readonly history: UseHistory;
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
      return { ...use, personId: use.personId ?? event.data.personId };
    case 'challenge.passed': {
      const { challengeId, signInId, answerFingerprint, evidence, factorType } = event.data;
      const passes = [...use.passes, { challengeId, signInId, answerFingerprint, at }];
      return {
        ...use,
        history: factorOf(factorType).remember(use.history, evidence),
        wrongInARow: 0,
        lastWrongAt: null,
        passes: passes.filter((pass) => Date.parse(at) - Date.parse(pass.at) <= secondsToAnswer * 1000),
        lastUsedAt: at,
      };
    }
    case 'challenge.refused':
      return event.data.reason === 'wrong' ? { ...use, wrongInARow: use.wrongInARow + 1, lastWrongAt: at } : use;
    case 'credential.disabled':
      return { ...use, disabled: true };
  }
}

/** The factor that verified a credential; a type that this release lacks is no history that it can read (§6.11). */
export function factorOf(type: FactorType): Factor {
  const factor = registry.get(type);
  if (!factor) throw new UnreadableEvent(`a challenge of a factor of the type ${type}`, 1);
  return factor;
}
