import type { CredentialUse } from './credential-use';
import { secondsUntil } from './pending-challenge';

/** Wrong answers in a row that are free of waiting, since people mistype. */
const freeTries = 4;
/** Seconds. */
const longestWait = 900;

/** NIST SP 800-63B-4 §3.2.2: no more than 100 consecutive failures, then the authenticator must be bound anew (R4). */
export const wrongAnswersAllowed = 100;

/** Seconds that the last wrong answer costs: 2, 4, 8 … from the fifth in a row on, 15 minutes at most (§3.2.2). */
const waitAfter = (wrongInARow: number): number =>
  wrongInARow <= freeTries ? 0 : Math.min(2 ** (wrongInARow - freeTries), longestWait);

/** Seconds from `now` until the next answer is looked at; computed from the stream alone, so no restart forgives. */
export function secondsToWait({ wrongInARow, lastWrongAt }: CredentialUse, now: string): number {
  const wait = waitAfter(wrongInARow);
  if (lastWrongAt === null || wait === 0) return 0;
  return secondsUntil(new Date(Date.parse(lastWrongAt) + wait * 1000).toISOString(), now);
}
