import type { Setting } from './rules';

/** The settings as people look for them; enforcement stands above them all. */
export const groups = {
  who: ['coversPatients'],
  methods: [
    'allowedFactors',
    'recommendedFactors',
    'phishingResistantRequired',
    'userVerification',
    'requireAlternativeToSms',
    'smsCountries',
  ],
  roles: ['defaultFactors', 'secondaryFactors', 'secondaryRequired'],
  recovery: ['recoveryCodes'],
  sessions: ['session.absolute', 'session.idle'],
  confirming: ['reauthenticateAfter.enrolling', 'reauthenticateAfter.revoking', 'freshFactorServes'],
  resets: ['resetsBy', 'resetApproval'],
  shared: ['genericAccounts', 'genericNames'],
} as const satisfies Record<string, readonly Exclude<Setting, 'enforced'>[]>;

export type Group = keyof typeof groups;
export const groupNames = Object.keys(groups).filter((name): name is Group => Object.hasOwn(groups, name));
