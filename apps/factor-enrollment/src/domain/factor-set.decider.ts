import {
  DomainError,
  type Assurance,
  type Authority,
  type EventData,
  type FactorEnrollmentEvent,
  type FactorType,
  type OrganisationPolicy,
} from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';
import { builtTypes } from '@cofactor/factors';
import { mayRemove, rolesArePossible, type Removal } from '@cofactor/policy';
import {
  canStillBeConfirmed,
  emptyFactorSet,
  enrolmentOf,
  evolve,
  holdingsOf,
  isOpen,
  isOver,
  recoveryCodesName,
  resendAtOf,
  type Enrolment,
  type FactorSet,
  type HeldFactor,
} from './factor-set';
import { distinctName, kindsInWords } from './offered-factors';
import { completeReset, decideReset, expireReset, requestReset, type ResetCommand } from './resets';
import { freezeChanges, isFrozen, mayBeReported, type FreezeChanges } from './freeze';
import { repairedRoles, rolesIn, rolesWithNew, type Roles } from './roles';

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

export interface RevokeFactor {
  readonly kind: 'revoke-factor';
  readonly now: string;
  readonly credentialId: string;
  readonly policies: readonly OrganisationPolicy[];
  readonly assurance: Assurance | null;
}

export interface ChangeRoles {
  readonly kind: 'change-roles';
  readonly now: string;
  readonly default: string;
  readonly secondary: string | null;
  readonly policies: readonly OrganisationPolicy[];
}

/** Puts a new single code in the place of the one that was used. */
export interface ReplaceRecoveryCode {
  readonly kind: 'replace-recovery-code';
  readonly now: string;
  readonly used: string;
  readonly credentialId: string;
  readonly count: number;
}

export interface IssueRecoveryCodes {
  readonly kind: 'issue-recovery-codes';
  readonly now: string;
  readonly credentialId: string;
  readonly count: number;
  readonly assurance: Assurance | null;
}

export type FactorSetCommand =
  | StartEnrolment
  | ResendCode
  | ConfirmEnrolment
  | RevokeFactor
  | ChangeRoles
  | ReplaceRecoveryCode
  | IssueRecoveryCodes
  | FreezeChanges
  | ResetCommand;

/** Set-ups that one person can have open at a time; none is ever pushed out by another. */
const openEnrolmentsAllowed = 10;
/** More than anyone needs, few enough to be read in a list. */
const factorsAllowed = 20;

/** What a person holds and how it may change. */
export const factorSet: Decider<FactorSet, FactorSetCommand, FactorEnrollmentEvent> = {
  initialState: emptyFactorSet,
  stateVersion: 7,
  evolve,
  decide(set, command) {
    refuseWhileFrozen(set, command);
    switch (command.kind) {
      case 'start-enrolment':
        return startEnrolment(set, command);
      case 'resend-code':
        return resendCode(set, command);
      case 'confirm-enrolment':
        return confirmEnrolment(set, command);
      case 'revoke-factor':
        return revokeFactor(set, command);
      case 'change-roles':
        return changeRoles(set, command);
      case 'issue-recovery-codes':
        return issueRecoveryCodes(set, command);
      case 'replace-recovery-code':
        return replaceRecoveryCode(set, command);
      case 'request-reset':
        return requestReset(set, command);
      case 'approve-reset':
      case 'refuse-reset':
        return decideReset(set, command);
      case 'expire-reset':
        return expireReset(set, command);
      case 'complete-reset':
        return completeReset(set, command);
      case 'freeze-changes':
        return freezeChanges(set, command);
    }
  },
};

/**
 * What the person, or who has their session, would change (docs/adr/0015). A reset by somebody else goes on: they have
 * made sure who the person is, unless it is they who may have been reported. So does one that was under way.
 */
function refuseWhileFrozen(set: FactorSet, command: FactorSetCommand): void {
  switch (command.kind) {
    case 'freeze-changes':
    case 'approve-reset':
    case 'refuse-reset':
    case 'expire-reset':
    case 'complete-reset':
      return;
    case 'request-reset':
      if (command.reason === 'own-request') break;
      if (mayBeReported(set, command)) throw new DomainError('not-allowed', { detail: mayBeYours });
      return;
    case 'start-enrolment':
    case 'resend-code':
    case 'confirm-enrolment':
    case 'revoke-factor':
    case 'change-roles':
    case 'issue-recovery-codes':
    case 'replace-recovery-code':
  }
  if (isFrozen(set, command.now)) throw new DomainError('factors-frozen');
}

const mayBeYours =
  'The person reported a change after you reset their methods. Somebody else resets them now, or you when 24 hours have passed.';

/**
 * Binding or removing on an account that holds a factor needs proof of one (NIST SP 800-63B-4 §4.1.2.1, R5), and
 * a password alone never binds where the set-up is not open (DESIGN §6.2). Identity checks this before it states the
 * permission; here it also holds for a statement that was given just before another sign-in added the factor.
 */
function requireSecondFactor(set: FactorSet, assurance: Assurance | null): void {
  if (set.setUpOpen) return;
  if (assurance === null || assurance.level === 'aal1') throw new DomainError('second-factor-required');
}

function startEnrolment(set: FactorSet, command: StartEnrolment): readonly FactorEnrollmentEvent[] {
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

function resendCode(set: FactorSet, command: ResendCode): readonly FactorEnrollmentEvent[] {
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

function confirmEnrolment(set: FactorSet, command: ConfirmEnrolment): readonly FactorEnrollmentEvent[] {
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

function revokeFactor(set: FactorSet, command: RevokeFactor): readonly FactorEnrollmentEvent[] {
  const factor = set.factors.find(({ credentialId }) => credentialId === command.credentialId);
  if (!factor) throw new DomainError('not-found');
  requireSecondFactor(set, command.assurance);
  const { credentialId, type, name, hint } = factor;
  const revoked: FactorEnrollmentEvent = {
    type: 'factor.revoked',
    data: { credentialId, type, name, hint, reason: 'removed-by-person' },
  };
  const remaining = set.factors.filter((one) => one !== factor);
  const besides =
    remaining.length === 0 ? withLastFactor(set) : withRoles(remaining, repairedRoles(remaining, command.policies));
  const events = [revoked, ...besides];
  const after = events.reduce((state, event) => evolve(state, event, factor.addedAt), set);
  const removal = mayRemove(command.policies, holdingsOf(set), holdingsOf(after), { built: builtTypes });
  if (!removal.may) throw policyNeedsFactor(removal);
  return events;
}

/** Recovery codes stand beside a factor; without one there is nothing to recover. */
function withLastFactor({ recoveryCodes }: FactorSet): readonly FactorEnrollmentEvent[] {
  if (recoveryCodes === null) return [];
  const { credentialId } = recoveryCodes;
  const named = { name: recoveryCodesName, hint: recoveryCodesName };
  return [
    { type: 'factor.revoked', data: { credentialId, type: 'recovery-code', ...named, reason: 'last-factor-removed' } },
  ];
}

function policyNeedsFactor({ addFirst }: Extract<Removal, { may: false }>): DomainError {
  if (addFirst.length === 0) return new DomainError('policy-needs-factor');
  const detail = `Add ${kindsInWords(addFirst)} first, then remove this one.`;
  return new DomainError('policy-needs-factor', { detail });
}

type Named = Pick<HeldFactor, 'credentialId' | 'type' | 'name'>;

/** Roles that follow from a factor that was added or removed. */
const withRoles = (held: readonly Named[], roles: Roles | null): readonly FactorEnrollmentEvent[] =>
  roles === null ? [] : [rolesChanged(held, roles, false)];

function rolesChanged(held: readonly Named[], roles: Roles, chosen: boolean): FactorEnrollmentEvent {
  const named = (id: string | null) => {
    const method = held.find(({ credentialId }) => credentialId === id);
    return method ? { type: method.type, name: method.name } : null;
  };
  const first = named(roles.default);
  const methods = first && { default: first, secondary: named(roles.secondary) };
  return { type: 'factor.roles-changed', data: { ...roles, methods, chosen } };
}

/** Each in a role that a policy takes it in; two methods that arrive at the same place are no two (BX6). */
function changeRoles(set: FactorSet, wanted: ChangeRoles): readonly FactorEnrollmentEvent[] {
  const held = (id: string | null) => set.factors.find(({ credentialId }) => credentialId === id);
  const [first, second] = [held(wanted.default), held(wanted.secondary)];
  if (!first || (wanted.secondary !== null && !second)) throw new DomainError('roles-not-possible');
  const now = rolesIn(set.factors);
  if (now.default === wanted.default && now.secondary === wanted.secondary) return [];
  if (!rolesArePossible(wanted.policies, first.type, second?.type ?? null)) throw new DomainError('roles-not-possible');
  return [rolesChanged(set.factors, { default: wanted.default, secondary: wanted.secondary }, true)];
}

/** Once: the set that takes its place is another. */
function replaceRecoveryCode(
  set: FactorSet,
  { used, credentialId, count }: ReplaceRecoveryCode,
): readonly FactorEnrollmentEvent[] {
  if (set.recoveryCodes?.credentialId !== used) return [];
  return [{ type: 'recovery-codes.issued', data: { credentialId, count, replaced: used } }];
}

function issueRecoveryCodes(set: FactorSet, command: IssueRecoveryCodes): readonly FactorEnrollmentEvent[] {
  if (set.factors.length === 0) throw new DomainError('factor-not-allowed');
  requireSecondFactor(set, command.assurance);
  const { credentialId, count } = command;
  return [
    {
      type: 'recovery-codes.issued',
      data: { credentialId, count, replaced: set.recoveryCodes?.credentialId ?? null },
    },
  ];
}
