/** How a page and a reader of the interface are told of a setting of the sign-in rules. */
export interface PolicySetting {
  /** As it stands beside its switch. */
  readonly label: string;
  /** What it does, in one sentence. */
  readonly sentence: string;
  /** The standard that speaks of it; null where none does. */
  readonly clause: string | null;
}

/** Every setting of a policy by its place in the value. A setting without its line here does not compile. */
export const policySettings = {
  allowedFactors: {
    label: 'Methods',
    sentence: 'The methods that people may set up as their second factor; others no longer count.',
    clause: 'NIST SP 800-63B-4 §3.1',
  },
  recommendedFactors: {
    label: 'Recommended methods',
    sentence: 'The methods that are marked as recommended where people choose one.',
    clause: null,
  },
  defaultFactors: {
    label: 'Default method',
    sentence: 'The methods that can be the default, which is asked for first at each sign-in.',
    clause: null,
  },
  secondaryFactors: {
    label: 'Secondary method',
    sentence: 'The methods that can be the secondary, which is used where the default is not at hand.',
    clause: null,
  },
  secondaryRequired: {
    label: 'Require a secondary method',
    sentence: 'A set-up is complete only with a second method that arrives at another place than the first.',
    clause: null,
  },
  phishingResistantRequired: {
    label: 'Require a passkey',
    sentence: 'A set-up is complete only with a method that cannot be used on a false site.',
    clause: 'NIST SP 800-63B-4 §3.2.5',
  },
  requireAlternativeToSms: {
    label: 'Require an alternative to text messages',
    sentence: 'Whoever uses text messages must also set up a method that does not depend on the telephone network.',
    clause: 'NIST SP 800-63B-4 §3.2.9',
  },
  enforced: {
    label: 'Enforce Two-Factor Authentication',
    sentence:
      'Everyone who is covered must set up two-factor authentication at their next sign-in and cannot turn it off.',
    clause: 'NIST SP 800-63B-4 §2.2',
  },
  coversPatients: {
    label: 'Include patients',
    sentence: 'Enforcement also holds for the accounts of patients, and not for staff alone.',
    clause: null,
  },
  smsCountries: {
    label: 'Countries for text messages',
    sentence: 'The countries whose mobile numbers can be set up; the first is the one that is offered first.',
    clause: 'NIST SP 800-63B-4 §3.2.9',
  },
  userVerification: {
    label: 'PIN or biometric with passkeys',
    sentence: 'Whether a passkey must ask for a PIN or a biometric each time, or only where the device can.',
    clause: 'NIST SP 800-63B-4 §3.1.7.2',
  },
  recoveryCodes: {
    label: 'Recovery codes',
    sentence: 'Whether people get a list of recovery codes, one backup code that is replaced when it is used, or none.',
    clause: 'NIST SP 800-63B-4 §3.1.2',
  },
  'session.absolute': {
    label: 'Longest session',
    sentence: 'After this time everyone signs in again, whether they were at work or not.',
    clause: 'NIST SP 800-63B-4 §2.2.3',
  },
  'session.idle': {
    label: 'Longest time without use',
    sentence: 'A session that is not used for this long ends.',
    clause: 'NIST SP 800-63B-4 §2.2.3',
  },
  'reauthenticateAfter.enrolling': {
    label: 'Password before adding a method',
    sentence: 'The password is asked for again when it was last entered longer ago than this.',
    clause: 'NIST SP 800-63B-4 §4.1.2.1',
  },
  'reauthenticateAfter.revoking': {
    label: 'Password before removing a method',
    sentence: 'The password is asked for again when it was last entered longer ago than this.',
    clause: null,
  },
  freshFactorServes: {
    label: 'A fresh second factor will do',
    sentence: 'Where a second factor was proven just as recently, the password is not asked for again.',
    clause: 'NIST SP 800-63B-4 §4.1.2.1',
  },
  resetsBy: {
    label: 'Who may reset',
    sentence:
      'Who may clear the methods of someone who has lost theirs: administrators of the practice, support, or both.',
    clause: 'NIST SP 800-63B-4 §4.2',
  },
  resetApproval: {
    label: 'Resets need a second administrator',
    sentence: 'A reset takes effect only when a second administrator has approved it.',
    clause: '21 CFR 1311.125',
  },
  genericAccounts: {
    label: 'Shared accounts',
    sentence: 'Whether accounts that several people share, such as reception@, may set up methods and be reset.',
    clause: '45 CFR 164.312(a)(2)',
  },
  genericNames: {
    label: 'Names of shared accounts',
    sentence: 'The names before the @ that mark an address as shared; digits and punctuation make no difference.',
    clause: null,
  },
} as const satisfies Readonly<Record<string, PolicySetting>>;

/** A setting by its place, such as `enforced` or `session.idle`. */
export type PolicySettingKey = keyof typeof policySettings;
