import type { Authority, EventData, FactorEnrollmentEvent, FactorRole, FactorType } from '@cofactor/contracts';
import type { Holdings } from '@cofactor/policy';

/** A set-up that was started. It counts as nothing until it is confirmed. */
export interface Enrolment {
  readonly enrolmentId: string;
  readonly credentialId: string;
  readonly type: FactorType;
  readonly name: string;
  readonly hint: string;
  readonly startedAt: string;
  readonly expiresAt: string;
  /** When its code was last sent and how often; of a type that sends none, when it was started. */
  readonly lastSentAt: string;
  readonly timesSent: number;
  readonly wrongTries: number;
  readonly confirmed: boolean;
  /** Who started it, and alone may go on with it; null where that was not written down yet. */
  readonly authority: Authority | null;
}

export interface HeldFactor {
  readonly credentialId: string;
  readonly type: FactorType;
  readonly name: string;
  readonly hint: string;
  readonly role: FactorRole | null;
  readonly addedAt: string;
}

export interface RecoveryCodeSet {
  readonly credentialId: string;
  readonly count: number;
}

/** What one person holds: the state of the stream `factors-{personId}`. */
export interface FactorSet {
  /** All that are open, and the newest of those that are over; oldest first. */
  readonly enrolments: readonly Enrolment[];
  /** In the order in which they were added. */
  readonly factors: readonly HeldFactor[];
  readonly recoveryCodes: RecoveryCodeSet | null;
  /** Whether a first factor alone may bind a new one: never had one, removed the last one oneself, or was reset (DESIGN §6.2). */
  readonly setUpOpen: boolean;
  /** The reset that was asked for last, while it is neither done nor turned down. */
  readonly reset: OpenReset | null;
  /** How the one before it ended, so that the same decision again is no second one. */
  readonly lastReset: ClosedReset | null;
  /** Until when the person asked that nothing be changed (docs/adr/0015); null where they did not, or it was lifted. */
  readonly frozenUntil: string | null;
  /** The messages whose links were used lately, so that each works once. */
  readonly reports: readonly Report[];
}

/** A change that the person reported as not theirs, by the link of the message that told of it. */
export interface Report {
  readonly messageId: string;
  readonly at: string;
}

/** A reset that came to its end. */
export interface ClosedReset {
  readonly resetId: string;
  readonly end: 'done' | 'refused' | 'expired';
  readonly requestedBy: string;
  readonly at: string;
}

/** A reset between its request and its end. */
export interface OpenReset extends EventData<'reset.requested'> {
  /** From when it holds: what was opened by then ends. That of its approval, where it needed one. */
  readonly holdsFrom: string;
  readonly approvedBy: string | null;
}

export const emptyFactorSet: FactorSet = {
  enrolments: [],
  factors: [],
  recoveryCodes: null,
  setUpOpen: true,
  reset: null,
  frozenUntil: null,
  reports: [],
  lastReset: null,
};

export const streamOf = (personId: string): string => `factors-${personId}`;

/** Wrong codes leave a set-up open for this many tries (API.md). */
const triesOfEnrolment = 5;

export const canStillBeConfirmed = ({ confirmed, wrongTries }: Enrolment): boolean =>
  !confirmed && wrongTries < triesOfEnrolment;

/** Seconds by which the clocks of replicas may differ (DESIGN §6.11). */
const skew = 5;

/** Whether its time is over; by a clock that is before its beginning too: it was moved back, nobody knows how far. */
export const isOver = ({ startedAt, expiresAt }: Enrolment, now: string): boolean =>
  now >= expiresAt || Date.parse(now) < Date.parse(startedAt) - skew * 1000;

/** Whether the right code would still confirm it. */
export const isOpen = (enrolment: Enrolment, now: string): boolean =>
  canStillBeConfirmed(enrolment) && !isOver(enrolment, now);

/** The set-up of this id as the session or sign-in finds it that started it; for any other there is none (R5). */
export const enrolmentOf = (
  { enrolments }: FactorSet,
  { enrolmentId, authority }: { readonly enrolmentId: string; readonly authority: Authority },
): Enrolment | null =>
  enrolments.find(
    (one) => one.enrolmentId === enrolmentId && (one.authority === null || one.authority.id === authority.id),
  ) ?? null;

const secondsToResend = 30;

/** From when its code can be sent again: each time after twice as long. */
export const resendAtOf = ({ lastSentAt, timesSent }: Pick<Enrolment, 'lastSentAt' | 'timesSent'>): string =>
  new Date(Date.parse(lastSentAt) + secondsToResend * 2 ** (timesSent - 1) * 1000).toISOString();

/** Older ones that are over are forgotten, so that the snapshot stays small; to confirm one of them is `not-found`. */
const closedEnrolmentsKept = 10;

function withoutForgotten(enrolments: readonly Enrolment[], now: string): readonly Enrolment[] {
  const forgotten = enrolments.filter((one) => !isOpen(one, now)).slice(0, -closedEnrolmentsKept);
  return enrolments.filter((one) => !forgotten.includes(one));
}

/** Exhaustive: an event type without its case does not compile (I6). */
export function evolve(set: FactorSet, event: FactorEnrollmentEvent, at: string): FactorSet {
  switch (event.type) {
    case 'enrolment.started': {
      const started: Enrolment = {
        ...event.data,
        startedAt: at,
        lastSentAt: at,
        timesSent: 1,
        wrongTries: 0,
        confirmed: false,
      };
      return { ...set, enrolments: withoutForgotten([...set.enrolments, started], at) };
    }
    case 'enrolment.code-sent-again':
      return changeEnrolment(set, event.data.enrolmentId, (one) => ({
        ...one,
        lastSentAt: at,
        timesSent: one.timesSent + 1,
      }));
    case 'enrolment.refused': {
      const wrong = event.data.reason === 'wrong' ? 1 : 0;
      return changeEnrolment(set, event.data.enrolmentId, (one) => ({ ...one, wrongTries: one.wrongTries + wrong }));
    }
    case 'factor.enrolled': {
      const { credentialId, type, name, hint, role } = event.data;
      const confirmed = changeEnrolment(set, event.data.enrolmentId, (one) => ({ ...one, confirmed: true }));
      const factors = [...set.factors, { credentialId, type, name, hint, role, addedAt: at }];
      return { ...confirmed, factors, setUpOpen: false };
    }
    case 'factor.held-by-several':
      return set;
    case 'factor.revoked':
      return withoutCredential(set, event.data.credentialId, event.data.reason === 'removed-by-person');
    case 'factor.roles-changed':
      return { ...set, factors: set.factors.map((factor) => ({ ...factor, role: roleIn(event.data, factor) })) };
    case 'recovery-codes.issued': {
      const { credentialId, count } = event.data;
      return { ...set, recoveryCodes: { credentialId, count } };
    }
    case 'reset.requested':
      return { ...set, reset: { ...event.data, holdsFrom: at, approvedBy: null } };
    case 'reset.approved':
      return { ...set, reset: set.reset && { ...set.reset, holdsFrom: at, approvedBy: event.data.approvedBy } };
    case 'reset.rejected':
      return { ...set, reset: null, lastReset: closed(event.data, 'refused', at) };
    case 'reset.expired':
      return { ...set, reset: null, lastReset: closed(event.data, 'expired', at) };
    case 'reset.done':
      // What somebody had begun to set up before is no way in after it.
      return {
        ...set,
        enrolments: [],
        setUpOpen: true,
        reset: null,
        lastReset: closed(event.data, 'done', at),
        frozenUntil: frozenAfterReset(set, event.data),
      };
    case 'factor-changes.frozen': {
      const { messageId, until } = event.data;
      return {
        ...set,
        frozenUntil: until,
        reports: [...set.reports.filter((one) => isKept(one, at)), { messageId, at }],
      };
    }
  }
}

const closed = (
  { resetId, requestedBy }: Pick<ClosedReset, 'resetId' | 'requestedBy'>,
  end: ClosedReset['end'],
  at: string,
): ClosedReset => ({ resetId, end, requestedBy, at });

/** Longer than a link lives, so that a used one is known for as long as it could be used. */
const daysOfReports = 8;

const isKept = (report: Report, now: string): boolean =>
  Date.parse(now) - Date.parse(report.at) < daysOfReports * 86_400_000;

/** Someone else has made sure who the person is, so that they can set up anew. */
const frozenAfterReset = (set: FactorSet, { reason, approvedBy }: EventData<'reset.done'>): string | null =>
  reason === 'own-request' && approvedBy === null ? set.frozenUntil : null;

function changeEnrolment(set: FactorSet, enrolmentId: string, change: (one: Enrolment) => Enrolment): FactorSet {
  return { ...set, enrolments: set.enrolments.map((one) => (one.enrolmentId === enrolmentId ? change(one) : one)) };
}

function withoutCredential(set: FactorSet, credentialId: string, byPerson: boolean): FactorSet {
  const factors = set.factors.filter((factor) => factor.credentialId !== credentialId);
  const recoveryCodes = set.recoveryCodes?.credentialId === credentialId ? null : set.recoveryCodes;
  const removedLast = factors.length === 0 && set.factors.length > 0;
  return { ...set, factors, recoveryCodes, setUpOpen: set.setUpOpen || (removedLast && byPerson) };
}

function roleIn(
  roles: { readonly default: string; readonly secondary: string | null },
  { credentialId }: HeldFactor,
): FactorRole | null {
  if (credentialId === roles.default) return 'default';
  return credentialId === roles.secondary ? 'secondary' : null;
}

/** The set as policies judge it. */
export const holdingsOf = ({ factors, recoveryCodes, setUpOpen }: FactorSet): Holdings => ({
  factors: factors.map(({ credentialId, type, hint, role }) => ({ credentialId, type, hint, role })),
  recoveryCodes: recoveryCodes && {
    credentialId: recoveryCodes.credentialId,
    type: 'recovery-code',
    hint: recoveryCodesName,
    role: 'recovery',
  },
  setUpOpen,
});

export const recoveryCodesName = 'Recovery codes';
