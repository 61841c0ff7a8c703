import type { OrganisationPolicy, Policy } from '@cofactor/contracts';

/** What whoever runs the installation lives under, with or without a practice: always a second factor, short sessions. */
const policy: Policy = {
  allowedFactors: ['totp', 'webauthn'],
  secondaryRequired: false,
  enforced: true,
  recoveryCodes: { count: 10 },
  session: { absolute: 10_800, idle: 900 },
  reauthenticateAfter: { enrolling: 900, revoking: 300 },
};

/** The operator's policy as one among those of a person's practices; what it concerns is the installation's own log. */
export const operatorPolicy: OrganisationPolicy = { organisationId: 'installation', version: 1, policy };

/**
 * The policies that rule someone: those of their practices, and the operator's for an operator. Nobody is without one:
 * who belongs to no practice is held to the operator's.
 */
export function rulingPolicies(
  ofPractices: readonly OrganisationPolicy[],
  isOperator: boolean,
): readonly OrganisationPolicy[] {
  return isOperator || ofPractices.length === 0 ? [...ofPractices, operatorPolicy] : ofPractices;
}
