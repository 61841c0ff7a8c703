import { z } from 'zod';
import { factorTypeSchema } from './factor-types';
import { policySettings as settings, type PolicySettingKey } from './policy-settings';

/** A factor type that people set up; recovery codes are a setting of their own. */
export const methodTypeSchema = factorTypeSchema.exclude(['recovery-code']);
export type MethodType = z.infer<typeof methodTypeSchema>;

const methods = z.array(methodTypeSchema);
const sentence = (key: PolicySettingKey): string => settings[key].sentence;
const resetterSchema = z.enum(['administrator', 'support']);
export type Resetter = z.infer<typeof resetterSchema>;

const recoveryCodeRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('list'), count: z.int().min(1).max(20) }),
  z.strictObject({ kind: z.literal('single'), count: z.literal(1) }),
  z.strictObject({ kind: z.literal('none'), count: z.literal(0) }),
]);
export type RecoveryCodeRule = z.infer<typeof recoveryCodeRuleSchema>;

const inSeconds = (key: PolicySettingKey): string => `${sentence(key)} In seconds.`;
const session = {
  absolute: z.int().min(60).max(86_400).describe(inSeconds('session.absolute')),
  idle: z.int().min(60).max(3_600).describe(inSeconds('session.idle')),
};
const reauthenticateAfter = {
  enrolling: z
    .int()
    .min(0)
    .describe(`${inSeconds('reauthenticateAfter.enrolling')} 0 asks every time.`),
  revoking: z
    .int()
    .min(0)
    .describe(`${inSeconds('reauthenticateAfter.revoking')} 0 asks every time.`),
};
/** Durations are seconds. */
const fields = {
  allowedFactors: methods.describe(sentence('allowedFactors')),
  recommendedFactors: methods.describe(sentence('recommendedFactors')),
  defaultFactors: methods.describe(sentence('defaultFactors')),
  secondaryFactors: methods.describe(sentence('secondaryFactors')),
  secondaryRequired: z.boolean().describe(sentence('secondaryRequired')),
  phishingResistantRequired: z.boolean().describe(sentence('phishingResistantRequired')),
  requireAlternativeToSms: z.boolean().describe(sentence('requireAlternativeToSms')),
  enforced: z.boolean().describe(sentence('enforced')),
  coversPatients: z.boolean().describe(sentence('coversPatients')),
  smsCountries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'Use the two capital letters of a country, such as GB.'))
    .max(250)
    .describe(sentence('smsCountries')),
  userVerification: z.enum(['required', 'preferred']).describe(sentence('userVerification')),
  freshFactorServes: z.boolean().describe(sentence('freshFactorServes')),
  resetsBy: z.array(resetterSchema).max(2).describe(sentence('resetsBy')),
  resetApproval: z.boolean().describe(sentence('resetApproval')),
  genericAccounts: z.enum(['allowed', 'refused']).describe(sentence('genericAccounts')),
  genericNames: z
    .array(z.string().regex(/^[\p{L}\p{M}]{2,40}$/u, 'Use one word of letters, such as reception.'))
    .max(100)
    .describe(sentence('genericNames')),
};

/**
 * What an organisation asks of its people: every field, and no other. What stands inside of a field never changes: a new
 * setting is a new field, which readers of before pass over (docs/adr/0007).
 */
export const policySchema = z.strictObject({
  ...fields,
  recoveryCodes: recoveryCodeRuleSchema.describe(sentence('recoveryCodes')),
  session: z.strictObject(session),
  reauthenticateAfter: z.strictObject(reauthenticateAfter),
});
export type Policy = z.infer<typeof policySchema>;

const ruleOf = (kind: RecoveryCodeRule['kind'] | undefined, count: number): RecoveryCodeRule => {
  if (kind === 'none' || count === 0) return { kind: 'none', count: 0 };
  return kind === 'single' ? { kind, count: 1 } : { kind: 'list', count };
};

/**
 * A policy as any release wrote it, into a row, a statement or an event. What the first releases did not say is filled in
 * as they acted: any allowed method in any role, nothing refused. A value that this release does not know is refused, and
 * never read as if nothing had been said.
 */
export const writtenPolicySchema = z
  .object({
    ...fields,
    recommendedFactors: fields.recommendedFactors.default([]),
    defaultFactors: fields.defaultFactors.optional(),
    secondaryFactors: fields.secondaryFactors.optional(),
    phishingResistantRequired: fields.phishingResistantRequired.default(false),
    requireAlternativeToSms: fields.requireAlternativeToSms.default(false),
    coversPatients: fields.coversPatients.default(false),
    // No text message was sent by them; an administrator says where to.
    smsCountries: fields.smsCountries.default([]),
    userVerification: fields.userVerification.default('preferred'),
    freshFactorServes: fields.freshFactorServes.default(false),
    resetsBy: fields.resetsBy.default(['administrator', 'support']),
    resetApproval: fields.resetApproval.default(false),
    genericAccounts: fields.genericAccounts.default('allowed'),
    genericNames: fields.genericNames.default([]),
    recoveryCodes: z.object({
      kind: z.enum(['list', 'single', 'none']).optional(),
      count: z.int().min(0).max(20),
    }),
    session: z.object(session),
    reauthenticateAfter: z.object(reauthenticateAfter),
  })
  .transform(({ defaultFactors, secondaryFactors, recoveryCodes, ...policy }): Policy => ({
    ...policy,
    defaultFactors: defaultFactors ?? policy.allowedFactors,
    secondaryFactors: secondaryFactors ?? policy.allowedFactors,
    recoveryCodes: ruleOf(recoveryCodes.kind, recoveryCodes.count),
  }));

/** A policy as it stands in one organisation at one version of it. */
export const organisationPolicySchema = z.object({
  organisationId: z.string(),
  version: z.int().min(1),
  policy: writtenPolicySchema,
});
export type OrganisationPolicy = z.infer<typeof organisationPolicySchema>;
