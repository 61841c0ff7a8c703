import {
  DomainError,
  type Assurance,
  type Authority,
  type EventData,
  type FactorEnrollmentEvent,
  type FactorType,
  type OrganisationPolicy,
} from '@cofactor/contracts';
import {
  canStillBeConfirmed,
  enrolmentOf,
  isOpen,
  isOver,
  resendAtOf,
  type Enrolment,
  type FactorSet,
} from './factor-set';
import { distinctName } from './offered-factors';
import { requireSecondFactor } from './require-second-factor';
import { rolesWithNew, withRoles } from './roles';

export interface StartEnrolment {
  readonly kind: 'start-enrolment';
  readonly enrolmentId: string;
  readonly credentialId: string;
  readonly type: FactorType;
  readonly name: string;
  readonly hint: string;
  /** How many of this type one person may hold. */
  readonly atMost: number | null;
  readonly now: string;
  readonly expiresAt: string;
  readonly assurance: Assurance | null;
  /** In whose name: the session or sign-in that alone may confirm it. */
  readonly authority: Authority;
}

export interface ConfirmEnrolment {
  readonly kind: 'confirm-enrolment';
  readonly enrolmentId: string;
  readonly type: FactorType;
  readonly atMost: number | null;
  readonly now: string;
  /**
   * What the answer matched; null for nothing; `gone` where the vault holds no pending secret any more; `taken` where
   * somebody holds the same and one alone may.
   */
  readonly evidence: number | null | 'gone' | 'taken';
  /** The other people who have set up the same; a sign that the account is shared (PRODUCT AX6). */
  readonly alsoHeldBy: readonly string[];
  /** What the factor has shown itself to be, where nobody gave it a name. */
  readonly shownName: string | null;
  /** The set to issue with a first factor; null where the policy gives none. */
  readonly recoveryCodes: { readonly credentialId: string; readonly count: number } | null;
  readonly assurance: Assurance | null;
  readonly policies: readonly OrganisationPolicy[];
  /** In whose name: the session or sign-in that this factor raises. */
  readonly authority: Authority;
}

/** Sends the code of a set-up once more. */
export interface ResendCode {
  readonly kind: 'resend-code';
  readonly enrolmentId: string;
  readonly type: FactorType;
  readonly now: string;
  readonly assurance: Assurance | null;
  readonly authority: Authority;
}

/** Set-ups that one person can have open at a time; none is ever pushed out by another. */
const openEnrolmentsAllowed = 10;
/** More than anyone needs, few enough to be read in a list. */
const factorsAllowed = 20;

/** Opens a set-up, which counts as nothing until it is confirmed. Throws where there is no room for it. */
export function startEnrolment(set: FactorSet, command: StartEnrolment): readonly FactorEnrollmentEvent[] {
  requireSecondFactor(set, command.assurance);
  requireRoom(set);
  requireNotHeld(set, command);
  requireFewOpen(set, command.now);
  const { enrolmentId, credentialId, type, expiresAt, authority } = command;
  const data = { enrolmentId, credentialId, type, ...named(set, command), expiresAt, authority };
  return [{ type: 'enrolment.started', data }];
}

function requireRoom(set: FactorSet): void {
  if (set.factors.length >= factorsAllowed) throw new DomainError('too-many-factors');
}

/** A type of which one person can hold only so many, such as codes to the one login address. */
function requireNotHeld(set: FactorSet, { type, atMost }: Pick<StartEnrolment, 'type' | 'atMost'>): void {
  const held = set.factors.filter((factor) => factor.type === type).length;
  if (atMost === null || held < atMost) return;
  const detail = 'You have this method already. Remove it first if you want to set it up again.';
  throw new DomainError('too-many-factors', { detail });
}

function requireFewOpen({ enrolments }: FactorSet, now: string): void {
  const ends = enrolments.filter((one) => isOpen(one, now)).map(({ expiresAt }) => Date.parse(expiresAt));
  if (ends.length < openEnrolmentsAllowed) return;
  const retryAfter = Math.ceil((Math.min(...ends) - Date.parse(now)) / 1000);
  throw new DomainError('too-many-set-ups', { retryAfter });
}

/** The name, made distinct, and the hint, which follows it where a factor has no other. */
export function named(set: FactorSet, { name, hint }: { readonly name: string; readonly hint: string }) {
  const taken = set.factors.map((factor) => factor.name);
  const distinct = distinctName(name, taken);
  return { name: distinct, hint: hint === name ? distinct : hint };
}

/** As it was named when it was started, or as what it has shown itself to be since; the hint follows the name. */
export const namedAs = (started: { readonly name: string; readonly hint: string }, shownName: string | null) =>
  shownName === null ? started : { name: shownName, hint: started.hint === started.name ? shownName : started.hint };

/** Throws until the time has come, and once the set-up is over. */
export function resendCode(set: FactorSet, command: ResendCode): readonly FactorEnrollmentEvent[] {
  const { enrolmentId, type, now } = command;
  const enrolment = enrolmentOf(set, command);
  if (enrolment?.type !== type) throw new DomainError('not-found');
  requireSecondFactor(set, command.assurance);
  if (!canStillBeConfirmed(enrolment)) throw new DomainError('enrolment-closed');
  if (isOver(enrolment, now)) throw new DomainError('code-expired');
  const retryAfter = Math.ceil((Date.parse(resendAtOf(enrolment)) - Date.parse(now)) / 1000);
  if (retryAfter > 0) throw new DomainError('too-early-to-resend', { retryAfter });
  const { credentialId } = enrolment;
  return [{ type: 'enrolment.code-sent-again', data: { enrolmentId, credentialId, type } }];
}

/** Adds what was set up, or says why not; what can be tried again stays open. */
export function confirmEnrolment(set: FactorSet, command: ConfirmEnrolment): readonly FactorEnrollmentEvent[] {
  const { evidence, now } = command;
  const enrolment = enrolmentOf(set, command);
  if (enrolment?.type !== command.type) throw new DomainError('not-found');
  if (enrolment.confirmed) throw new DomainError('enrolment-closed');
  requireSecondFactor(set, command.assurance);
  if (!canStillBeConfirmed(enrolment)) return [refused(enrolment, 'too-many-attempts')];
  if (isOver(enrolment, now) || evidence === 'gone') return [refused(enrolment, 'expired')];
  if (evidence === null) return [refused(enrolment, 'wrong')];
  if (evidence === 'taken') return [refused(enrolment, 'taken'), ...heldBySeveral(enrolment, command)];
  requireRoom(set);
  requireNotHeld(set, command);
  return [...enrolled(set, enrolment, evidence, command), ...heldBySeveral(enrolment, command)];
}

function heldBySeveral(
  { credentialId, type }: Enrolment,
  { alsoHeldBy }: Pick<ConfirmEnrolment, 'alsoHeldBy'>,
): readonly FactorEnrollmentEvent[] {
  if (alsoHeldBy.length === 0) return [];
  return [{ type: 'factor.held-by-several', data: { credentialId, type, personIds: [...alsoHeldBy] } }];
}

function refused(
  { enrolmentId, credentialId, type }: Enrolment,
  reason: EventData<'enrolment.refused'>['reason'],
): FactorEnrollmentEvent {
  return { type: 'enrolment.refused', data: { enrolmentId, credentialId, type, reason } };
}

function enrolled(
  set: FactorSet,
  enrolment: Enrolment,
  evidence: number,
  { recoveryCodes, authority, policies, shownName }: ConfirmEnrolment,
): readonly FactorEnrollmentEvent[] {
  const { enrolmentId, credentialId, type } = enrolment;
  const { role, changed } = rolesWithNew(set.factors, { credentialId, type }, policies);
  const what = named(set, namedAs(enrolment, shownName));
  const data = { enrolmentId, credentialId, type, ...what, role, acceptedStep: evidence, authority };
  const added: FactorEnrollmentEvent = { type: 'factor.enrolled', data };
  const held = [...set.factors, { credentialId, type, name: what.name }];
  if (!givesRecoveryCodes(set) || recoveryCodes === null) return [added, ...withRoles(held, changed)];
  return [added, { type: 'recovery-codes.issued', data: { ...recoveryCodes, replaced: null } }];
}

/** Recovery codes come with the first factor (API.md), where none are held. */
export const givesRecoveryCodes = (set: FactorSet): boolean => set.factors.length === 0 && set.recoveryCodes === null;
