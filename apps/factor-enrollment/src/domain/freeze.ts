import { DomainError, type FactorEnrollmentEvent } from '@cofactor/contracts';
import type { FactorSet } from './factor-set';
import { waits, type RequestReset } from './resets';

/** The person reports by the link of a message that a change was not theirs. */
export interface FreezeChanges {
  readonly kind: 'freeze-changes';
  readonly personId: string;
  /** Whose link it is, and the fact that it told of. */
  readonly messageId: string;
  readonly factId: string;
  readonly now: string;
}

const dayInMilliseconds = 86_400_000;

/** The end of a freeze that begins now. */
export const frozenUntilFrom = (now: string): string => new Date(Date.parse(now) + dayInMilliseconds).toISOString();

export const isFrozen = ({ frozenUntil }: Pick<FactorSet, 'frozenUntil'>, now: string): boolean =>
  frozenUntil !== null && now < frozenUntil;

/**
 * Whether there is a freeze, and the report may be of what this very person did: they reset the factors within the day before it. Else whoever
 * resets somebody wrongly would reset them once more, and be rid of the report.
 */
export function mayBeReported({ lastReset, frozenUntil }: FactorSet, command: RequestReset): boolean {
  if (lastReset?.end !== 'done' || frozenUntil === null || command.now >= frozenUntil) return false;
  if (lastReset.requestedBy !== command.requestedBy || lastReset.resetId === command.resetId) return false;
  return Date.parse(frozenUntil) - Date.parse(lastReset.at) <= 2 * dayInMilliseconds;
}

/**
 * Freezes every change of one's own for 24 hours from now; a further link begins them anew. Each link works once
 * (DESIGN I2). A reset that waits for approval is taken back: the stranger may have asked for it, or talked somebody else
 * into it. Who asked can ask again.
 */
export function freezeChanges(set: FactorSet, command: FreezeChanges): readonly FactorEnrollmentEvent[] {
  const { personId, messageId, factId, now } = command;
  if (set.reports.some((report) => report.messageId === messageId)) throw new DomainError('link-already-used');
  const until = frozenUntilFrom(now);
  return [
    { type: 'factor-changes.frozen', data: { personId, until, messageId, factId } },
    ...withoutWaitingReset(set, personId),
  ];
}

function withoutWaitingReset({ reset }: FactorSet, personId: string): readonly FactorEnrollmentEvent[] {
  if (reset === null || !waits(reset)) return [];
  const { resetId, requestedBy } = reset;
  return [{ type: 'reset.rejected', data: { resetId, personId, requestedBy, rejectedBy: personId } }];
}
