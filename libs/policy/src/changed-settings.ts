import { policySettings, type Policy, type PolicySettingKey } from '@cofactor/contracts';

const values: { readonly [Key in PolicySettingKey]: (policy: Policy) => unknown } = {
  allowedFactors: (policy) => policy.allowedFactors,
  recommendedFactors: (policy) => policy.recommendedFactors,
  defaultFactors: (policy) => policy.defaultFactors,
  secondaryFactors: (policy) => policy.secondaryFactors,
  secondaryRequired: (policy) => policy.secondaryRequired,
  phishingResistantRequired: (policy) => policy.phishingResistantRequired,
  requireAlternativeToSms: (policy) => policy.requireAlternativeToSms,
  enforced: (policy) => policy.enforced,
  coversPatients: (policy) => policy.coversPatients,
  smsCountries: (policy) => policy.smsCountries,
  userVerification: (policy) => policy.userVerification,
  recoveryCodes: ({ recoveryCodes: { kind, count } }) => [kind, count],
  'session.absolute': ({ session }) => session.absolute,
  'session.idle': ({ session }) => session.idle,
  'reauthenticateAfter.enrolling': ({ reauthenticateAfter }) => reauthenticateAfter.enrolling,
  'reauthenticateAfter.revoking': ({ reauthenticateAfter }) => reauthenticateAfter.revoking,
  freshFactorServes: (policy) => policy.freshFactorServes,
  resetsBy: (policy) => policy.resetsBy,
  resetApproval: (policy) => policy.resetApproval,
  genericAccounts: (policy) => policy.genericAccounts,
  genericNames: (policy) => policy.genericNames,
};

/** Every setting, in the order in which pages show them. */
export const settingKeys = Object.keys(policySettings) as readonly PolicySettingKey[];

/** The settings in which two policies differ; none where they say the same. */
export const changedSettings = (before: Policy, after: Policy): readonly PolicySettingKey[] =>
  settingKeys.filter((key) => JSON.stringify(values[key](before)) !== JSON.stringify(values[key](after)));
