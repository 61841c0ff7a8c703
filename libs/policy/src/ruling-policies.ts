import type { OrganisationPolicy, OrganisationRole, Policy } from '@cofactor/contracts';
import { operatorPolicy } from './operator-policy';

/** How someone stands to one practice. */
export interface Standing {
  readonly policy: OrganisationPolicy;
  readonly roles: readonly OrganisationRole[];
}

export interface PersonFlags {
  /** Whether they run the installation. */
  readonly isOperator: boolean;
  /** Whether they belong to its help desk: they are held to what operators are. */
  readonly isSupport: boolean;
  /** Whether the operator asks this one person for a second factor, whatever their practices do (PRODUCT HE3). */
  readonly secondFactorRequired: boolean;
}

const isPatientOnly = (roles: readonly OrganisationRole[]): boolean =>
  roles.length > 0 && roles.every((role) => role === 'patient');

/** Whether an organisation's policy is enforced on someone in these roles: patients only where it covers them (HE3). */
export const covers = (policy: Policy, roles: readonly OrganisationRole[]): boolean =>
  policy.coversPatients || !isPatientOnly(roles);

/**
 * The policies that rule someone: those of their practices as they concern this person, and the operator's for an
 * operator and for support. Nobody is without one: who belongs to no practice is held to the operator's.
 */
export function rulingPolicies(
  standings: readonly Standing[],
  { isOperator, isSupport, secondFactorRequired }: PersonFlags,
): readonly OrganisationPolicy[] {
  const ofPractices = standings.map(({ policy: { policy, ...practice }, roles }) => ({
    ...practice,
    policy: { ...policy, enforced: secondFactorRequired || (policy.enforced && covers(policy, roles)) },
  }));
  return isOperator || isSupport || ofPractices.length === 0 ? [...ofPractices, operatorPolicy] : ofPractices;
}
