import { DomainError, type Assurance, type FactorEnrollmentEvent, type OrganisationPolicy } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';
import { builtTypes } from '@cofactor/factors';
import { mayRemove, rolesArePossible, type Removal } from '@cofactor/policy';
import { emptyFactorSet, evolve, holdingsOf, recoveryCodesName, type FactorSet } from './factor-set';
import { kindsInWords } from './offered-factors';
import {
  confirmEnrolment,
  resendCode,
  startEnrolment,
  type ConfirmEnrolment,
  type ResendCode,
  type StartEnrolment,
} from './enrolments';
import { requireSecondFactor } from './require-second-factor';
import { completeReset, decideReset, expireReset, requestReset, type ResetCommand } from './resets';
import { freezeChanges, isFrozen, mayBeReported, type FreezeChanges } from './freeze';
import { repairedRoles, rolesChanged, rolesIn, withRoles } from './roles';

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
