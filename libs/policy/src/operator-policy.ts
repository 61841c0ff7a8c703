import type { OrganisationPolicy, Policy } from '@cofactor/contracts';

/** What whoever runs the installation lives under, with or without a practice: always a second factor, short sessions. */
const policy: Policy = {
  allowedFactors: ['totp', 'webauthn'],
  recommendedFactors: ['webauthn'],
  defaultFactors: ['totp', 'webauthn'],
  secondaryFactors: ['totp', 'webauthn'],
  secondaryRequired: false,
  phishingResistantRequired: false,
  requireAlternativeToSms: false,
  enforced: true,
  coversPatients: true,
  smsCountries: [],
  userVerification: 'preferred',
  recoveryCodes: { kind: 'list', count: 10 },
  session: { absolute: 10_800, idle: 900 },
  reauthenticateAfter: { enrolling: 900, revoking: 300 },
  freshFactorServes: true,
  resetsBy: ['administrator', 'support'],
  resetApproval: false,
  genericAccounts: 'allowed',
  genericNames: [],
};

/** The operator's policy as one among those of a person's practices; what it concerns is the installation's own log. */
export const operatorPolicy: OrganisationPolicy = { organisationId: 'installation', version: 1, policy };
