import type { OrganisationPolicy } from '@cofactor/contracts';

/** Someone whose factors are to be cleared by an administrator. */
export interface Concerned {
  readonly personId: string;
  readonly isOperator: boolean;
  /** Of all their practices, and not of the administrator's alone. */
  readonly policies: readonly OrganisationPolicy[];
}

/** Why an administrator may not reset this member, as a sentence that says what to do next; null when they may. */
export function refuseReset(by: { readonly personId: string }, member: Concerned): string | null {
  if (by.personId === member.personId) return 'Reset your own two-factor authentication in your account.';
  if (member.isOperator) return 'Whoever runs the installation is not reset by a practice. Ask another operator.';
  const allowed = member.policies.every(({ policy }) => policy.resetsBy.includes('administrator'));
  return allowed ? null : 'A practice of this person leaves resets to support. Ask support.';
}
