import type { Assurance, EventData, Next, Permission, ProblemCode } from '@cofactor/contracts';

export type FactorChange = EventData<'factor-change.refused'>['change'];

/** Changes of factors: on an account that holds a factor they need a session that rests on two (R5). */
const changesOfFactors: readonly FactorChange[] = [
  'enrol-factor',
  'confirm-enrolment',
  'revoke-factor',
  'change-factor-roles',
  'issue-recovery-codes',
];

export const isChangeOfFactors = (permission: Permission): permission is FactorChange =>
  changesOfFactors.some((change) => change === permission);

const openInSetUp: readonly Permission[] = [
  'read-factors',
  'read-usage',
  'enrol-factor',
  'confirm-enrolment',
  'change-factor-roles',
];

/** What the token of an unfinished sign-in opens: only what its next step names. Null when it may. */
export function refuseForSignIn(permission: Permission, next: Next): ProblemCode | null {
  switch (next.step) {
    case 'second-factor':
      return permission === 'challenge' ? null : 'second-factor-required';
    case 'set-up':
      return openInSetUp.includes(permission) ? null : 'set-up-required';
    case 'completed':
      return 'not-signed-in';
  }
}

/** What a session opens. `holdsFactor` is asked of the owner of factors at this moment. Null when it may. */
export function refuseForSession(
  permission: Permission,
  assurance: Assurance,
  holdsFactor: boolean,
): ProblemCode | null {
  // The latter is stated with an accepted proof alone.
  if (permission === 'challenge' || permission === 'replace-recovery-code') return 'not-found';
  const isChange = isChangeOfFactors(permission) || permission === 'read-audit';
  return isChange && holdsFactor && assurance.level === 'aal1' ? 'second-factor-required' : null;
}

/** Whether the password must come with the change: by policy, when its last proof is older than that (HT3, HT5). */
export function needsPassword(
  permission: Permission,
  reauthenticateAfter: { readonly enrolling: number; readonly revoking: number },
  secondsSincePassword: number,
): boolean {
  switch (permission) {
    case 'enrol-factor':
      return secondsSincePassword > reauthenticateAfter.enrolling || reauthenticateAfter.enrolling === 0;
    case 'revoke-factor':
      return secondsSincePassword > reauthenticateAfter.revoking || reauthenticateAfter.revoking === 0;
    case 'issue-recovery-codes':
      return true;
    case 'read-factors':
    case 'confirm-enrolment':
    case 'change-factor-roles':
    case 'replace-recovery-code':
    case 'challenge':
    case 'read-usage':
    case 'read-audit':
      return false;
  }
}
