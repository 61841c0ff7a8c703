import type { OrganisationPolicy, Resetter } from '@cofactor/contracts';
import { resetRules } from '@cofactor/policy';

/** Someone whose factors are to be cleared by another. */
export interface Concerned {
  readonly personId: string;
  readonly isOperator: boolean;
  readonly isSupport: boolean;
  /** Of all their practices, and not of the administrator's alone. */
  readonly policies: readonly OrganisationPolicy[];
}

/** Why people of support are reset by neither their colleagues nor a practice: who holds one holds the help desk of all. */
export const operatorsHelpSupport = 'People of support are helped by an operator. Ask an operator.';

/**
 * Why this person is not reset by administrators, or by support, as a sentence that says what to do next; null where
 * each of their practices lets them (docs/adr/0013).
 */
export function refuseResetBy(resetter: Resetter, { isOperator, isSupport, policies }: Concerned): string | null {
  if (isOperator) return 'Whoever runs the installation is not reset by a practice. Ask another operator.';
  if (isSupport && resetter === 'administrator') return operatorsHelpSupport;
  if (resetRules(policies).by.includes(resetter)) return null;
  return resetter === 'administrator'
    ? 'A practice of this person leaves resets to support. Ask support.'
    : 'A practice of this person leaves resets to its administrators. Ask one of them.';
}

/** The same for a reset by this administrator, who is somebody else. */
export function refuseReset(by: { readonly personId: string }, member: Concerned): string | null {
  if (by.personId === member.personId) return 'Reset your own two-factor authentication in your account.';
  return refuseResetBy('administrator', member);
}

/** What is said where a reset would wait for an approval that nobody could give (PRODUCT BX5). */
export const nobodyToApprove: Readonly<Record<Resetter, string>> = {
  administrator:
    'A practice asks for a second administrator here, and there is none beside whoever asks and the person concerned. Ask support.',
  support:
    'A practice asks for a second person here, and there is no other administrator and nobody else of support. Ask the operator.',
};

/** The practices of a person in whose name somebody else has to agree to a reset. */
export const askingForApproval = ({ policies }: Pick<Concerned, 'policies'>): readonly string[] =>
  policies.filter(({ policy }) => policy.resetApproval).map(({ organisationId }) => organisationId);
