import { z } from 'zod';
import { factorTypeSchema } from './factor-types';

/** What an organisation asks of its people. Durations are seconds. Only what is enforced today is in it. */
export const policySchema = z.object({
  /** Second factors that people may set up; recovery codes are a setting of their own. */
  allowedFactors: z.array(factorTypeSchema.exclude(['recovery-code'])),
  /** Whether the set-up is complete only with a secondary method (PRODUCT HC4). */
  secondaryRequired: z.boolean(),
  /** Whether people without a complete set-up must finish it at their next sign-in (PRODUCT HC8). */
  enforced: z.boolean(),
  recoveryCodes: z.object({ count: z.int().min(0).max(20) }),
  session: z.object({ absolute: z.int().min(60).max(86_400), idle: z.int().min(60).max(3_600) }),
  /**
   * When a change of factors needs the password again: if the last proof of it is older than this.
   * 0 asks every time.
   */
  reauthenticateAfter: z.object({ enrolling: z.int().min(0), revoking: z.int().min(0) }),
});
export type Policy = z.infer<typeof policySchema>;

export const presetSchema = z.enum(['healthcode', 'accurx', 'healthie', 'hipaatherapy']);
export type Preset = z.infer<typeof presetSchema>;

const threeHours = { absolute: 10_800, idle: 3_600 };
const tenCodes = { count: 10 };
const recent = { enrolling: 10_800, revoking: 300 };

/** The four presets: data that an organisation starts from, never a branch in the code. */
export const presets: Readonly<Record<Preset, Policy>> = {
  healthcode: {
    allowedFactors: ['totp', 'sms', 'email'],
    secondaryRequired: true,
    enforced: false,
    recoveryCodes: tenCodes,
    session: threeHours,
    reauthenticateAfter: recent,
  },
  accurx: {
    allowedFactors: ['totp', 'sms'],
    secondaryRequired: false,
    enforced: true,
    recoveryCodes: tenCodes,
    session: threeHours,
    reauthenticateAfter: recent,
  },
  healthie: {
    allowedFactors: ['totp', 'sms'],
    secondaryRequired: false,
    enforced: false,
    recoveryCodes: tenCodes,
    session: threeHours,
    reauthenticateAfter: recent,
  },
  hipaatherapy: {
    allowedFactors: ['webauthn'],
    secondaryRequired: false,
    enforced: false,
    recoveryCodes: tenCodes,
    session: threeHours,
    reauthenticateAfter: { enrolling: 0, revoking: 0 },
  },
};

/** A policy as it stands in one organisation at one version of it. */
export const organisationPolicySchema = z.object({
  organisationId: z.string(),
  version: z.int().min(1),
  policy: policySchema,
});
export type OrganisationPolicy = z.infer<typeof organisationPolicySchema>;
