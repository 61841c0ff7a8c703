import { z } from 'zod';
import type { Policy } from './policy';

export const presetSchema = z.enum(['healthcode', 'accurx', 'healthie', 'hipaatherapy']);
export type Preset = z.infer<typeof presetSchema>;

/** Names before the @ that several people commonly share. */
const genericNames = [
  'reception',
  'admin',
  'administrator',
  'info',
  'office',
  'practice',
  'surgery',
  'clinic',
  'team',
  'staff',
  'frontdesk',
  'appointments',
  'enquiries',
  'contact',
  'mail',
  'shared',
];

/** What none of the four says, and what most of them have in common. */
const common = {
  recommendedFactors: [],
  secondaryRequired: false,
  phishingResistantRequired: false,
  requireAlternativeToSms: false,
  enforced: false,
  coversPatients: false,
  smsCountries: [],
  userVerification: 'preferred',
  recoveryCodes: { kind: 'list', count: 10 },
  session: { absolute: 10_800, idle: 3_600 },
  reauthenticateAfter: { enrolling: 10_800, revoking: 300 },
  freshFactorServes: true,
  resetsBy: ['administrator', 'support'],
  resetApproval: false,
  genericAccounts: 'allowed',
  genericNames,
} satisfies Partial<Policy>;

/** Great Britain and the islands that share its country code. */
const unitedKingdom = ['GB', 'GG', 'IM', 'JE'];

/** The four presets: data that an organisation starts from, never a branch in the code. */
export const presets: Readonly<Record<Preset, Policy>> = {
  healthcode: {
    ...common,
    allowedFactors: ['totp', 'sms', 'email'],
    recommendedFactors: ['totp'],
    defaultFactors: ['totp', 'sms'],
    secondaryFactors: ['totp', 'sms', 'email'],
    secondaryRequired: true,
    smsCountries: unitedKingdom,
  },
  accurx: {
    ...common,
    allowedFactors: ['totp', 'sms'],
    defaultFactors: ['totp', 'sms'],
    secondaryFactors: ['totp', 'sms'],
    enforced: true,
    smsCountries: unitedKingdom,
    resetsBy: ['support'],
    genericAccounts: 'refused',
  },
  healthie: {
    ...common,
    allowedFactors: ['totp', 'sms'],
    defaultFactors: ['totp', 'sms'],
    secondaryFactors: ['totp', 'sms'],
    smsCountries: ['US', 'CA', ...unitedKingdom, 'IE', 'AU', 'NZ'],
    recoveryCodes: { kind: 'single', count: 1 },
    genericAccounts: 'refused',
  },
  hipaatherapy: {
    ...common,
    allowedFactors: ['webauthn'],
    defaultFactors: ['webauthn'],
    secondaryFactors: [],
    reauthenticateAfter: { enrolling: 0, revoking: 0 },
    freshFactorServes: false,
  },
};
