import { DomainError, type EventData, type FactorEnrollmentEvent, type OrganisationPolicy } from '@cofactor/contracts';
import { recoveryCodesName, type ClosedReset, type FactorSet, type OpenReset } from './factor-set';

type Request = EventData<'reset.requested'>;

export interface RequestReset {
  readonly kind: 'request-reset';
  readonly resetId: string;
  readonly personId: string;
  readonly requestedBy: string;
  readonly reason: Request['reason'];
  /** Sealed. */
  readonly explanation: string | null;
  readonly policies: readonly OrganisationPolicy[];
  readonly now: string;
}

/** Agrees to a reset that waits, or turns it down (PRODUCT BX5). */
export interface DecideReset {
  readonly kind: 'approve-reset' | 'refuse-reset';
  readonly resetId: string;
  readonly decidedBy: string;
  /** The practice in whose name; null for support. */
  readonly organisationId: string | null;
  readonly now: string;
}

/** Closes a reset for which nobody came in time. */
export interface ExpireReset {
  readonly kind: 'expire-reset';
  readonly resetId: string;
  readonly now: string;
}

/** The second half, after the person's sessions have ended. */
export interface CompleteReset {
  readonly kind: 'complete-reset';
  readonly resetId: string;
}

export type ResetCommand = RequestReset | DecideReset | ExpireReset | CompleteReset;

const secondsToApprove = 86_400;

/** Whether somebody else has to agree before anything ends. */
export const waits = ({ approval, approvedBy }: OpenReset): boolean =>
  approval.kind === 'needed' && approvedBy === null;

const isOverdue = (reset: OpenReset, now: string): boolean =>
  waits(reset) && reset.approval.kind === 'needed' && now >= reset.approval.expiresAt;

/**
 * One that was begun and not finished, or that waits, is gone on with, so that asking again has no effect of its own
 * (DESIGN §6.6); so is one that was carried out under this very id.
 */
export function requestReset(set: FactorSet, command: RequestReset): readonly FactorEnrollmentEvent[] {
  const { resetId, personId, requestedBy, reason, explanation, policies, now } = command;
  if (set.lastReset?.resetId === resetId) return closedAs(set.lastReset, 'done');
  const overdue = set.reset !== null && isOverdue(set.reset, now) ? [expired(set.reset)] : [];
  if (set.reset !== null && overdue.length === 0) return [];
  const data = { resetId, personId, requestedBy, reason, explanation, approval: approvalUnder(policies, now) };
  return [...overdue, { type: 'reset.requested', data }];
}

/** By an administrator of a practice that asks for it: one practice does not agree in the name of another. */
function approvalUnder(policies: readonly OrganisationPolicy[], now: string): Request['approval'] {
  const asking = policies.filter(({ policy }) => policy.resetApproval).map(({ organisationId }) => organisationId);
  if (asking.length === 0) return { kind: 'not-needed' };
  const expiresAt = new Date(Date.parse(now) + secondsToApprove * 1000).toISOString();
  return { kind: 'needed', organisationIds: asking, expiresAt };
}

/** The same decision again is no second one; another one comes too late: `reset-closed`. */
export function decideReset(set: FactorSet, command: DecideReset): readonly FactorEnrollmentEvent[] {
  const { resetId, decidedBy, now } = command;
  const approves = command.kind === 'approve-reset';
  if (set.lastReset?.resetId === resetId) return closedAs(set.lastReset, approves ? 'done' : 'refused');
  const { reset } = set;
  if (reset?.resetId !== resetId || reset.approval.kind === 'not-needed') throw new DomainError('not-found');
  requireSecondPerson(reset, command);
  if (reset.approvedBy !== null) return approves ? [] : closedAs({ end: 'done' }, 'refused');
  if (isOverdue(reset, now)) return [expired(reset)];
  const { personId, requestedBy } = reset;
  const data = { resetId, personId, requestedBy };
  return approves
    ? [{ type: 'reset.approved', data: { ...data, approvedBy: decidedBy } }]
    : [{ type: 'reset.rejected', data: { ...data, rejectedBy: decidedBy } }];
}

/** Four eyes: never those of whoever asked, nor of the person concerned. Support decides on what support asked for. */
function requireSecondPerson(reset: OpenReset, { decidedBy, organisationId }: DecideReset): void {
  const asked = reset.approval.kind === 'needed' ? reset.approval.organisationIds : [];
  const mayBe = organisationId === null ? reset.reason === 'support-request' : asked.includes(organisationId);
  if (!mayBe) throw new DomainError('not-found');
  if (decidedBy !== reset.requestedBy && decidedBy !== reset.personId) return;
  const detail = 'Someone else decides on a reset that you asked for, or that is your own.';
  throw new DomainError('not-allowed', { detail });
}

function closedAs(closed: Pick<ClosedReset, 'end'>, wanted: 'done' | 'refused'): readonly [] {
  if (closed.end === wanted) return [];
  throw resetClosed(closed.end);
}

const howItEnded = {
  done: 'Somebody approved it, and it was carried out.',
  refused: 'Somebody refused it. Ask for a new reset if one is still needed.',
  expired: 'Nobody approved it within 24 hours. Ask for a new reset if one is still needed.',
} as const;

export const resetClosed = (end: keyof typeof howItEnded): DomainError =>
  new DomainError('reset-closed', { detail: howItEnded[end] });

export const expireReset = ({ reset }: FactorSet, { resetId, now }: ExpireReset): readonly FactorEnrollmentEvent[] =>
  reset?.resetId === resetId && isOverdue(reset, now) ? [expired(reset)] : [];

const expired = ({ resetId, personId, requestedBy }: OpenReset): FactorEnrollmentEvent => ({
  type: 'reset.expired',
  data: { resetId, personId, requestedBy },
});

/** Clears what is held, and opens the set-up (DESIGN §6.2). A second time, of another, or while it waits, it is nothing. */
export function completeReset(set: FactorSet, { resetId }: CompleteReset): readonly FactorEnrollmentEvent[] {
  const { reset, factors, recoveryCodes } = set;
  if (reset?.resetId !== resetId || waits(reset)) return [];
  const { personId, requestedBy, reason, approvedBy } = reset;
  const codes = { type: 'recovery-code', name: recoveryCodesName, hint: recoveryCodesName } as const;
  const held = recoveryCodes ? [...factors, { credentialId: recoveryCodes.credentialId, ...codes }] : factors;
  return [
    ...held.map(({ credentialId, type, name, hint }) => ({
      type: 'factor.revoked' as const,
      data: { credentialId, type, name, hint, reason: 'reset' as const },
    })),
    { type: 'reset.done', data: { resetId, personId, requestedBy, reason, approvedBy } },
  ];
}
