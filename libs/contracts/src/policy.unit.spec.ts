import { policySchema, writtenPolicySchema } from './policy';
import { policySettings } from './policy-settings';
import { presets, presetSchema } from './presets';

const leavesOf = (value: Readonly<Record<string, unknown>>, prefix = ''): string[] =>
  Object.entries(value).flatMap(([key, inner]) =>
    key === 'session' || key === 'reauthenticateAfter'
      ? leavesOf(inner as Readonly<Record<string, unknown>>, `${key}.`)
      : [prefix + key],
  );

/** As the first releases wrote it. */
const ofVersion1 = {
  allowedFactors: ['totp', 'sms'],
  secondaryRequired: true,
  enforced: true,
  recoveryCodes: { count: 8 },
  session: { absolute: 600, idle: 60 },
  reauthenticateAfter: { enrolling: 0, revoking: 1 },
};

describe('a policy', () => {
  it.each(presetSchema.options)('of the preset %s is one, and each of its settings is explained', (preset) => {
    expect(policySchema.parse(presets[preset])).toEqual(presets[preset]);
    expect(leavesOf(presets[preset]).sort()).toEqual(Object.keys(policySettings).sort());
  });

  it('has for each setting one sentence', () => {
    for (const { label, sentence } of Object.values(policySettings)) {
      expect(label).not.toMatch(/[.]$/);
      expect(sentence).toMatch(/^[A-Z][^.]*[.]$/);
    }
  });

  it('I5: that the first releases wrote is read as they acted', () => {
    expect(writtenPolicySchema.parse(ofVersion1)).toEqual({
      ...ofVersion1,
      recoveryCodes: { kind: 'list', count: 8 },
      recommendedFactors: [],
      defaultFactors: ['totp', 'sms'],
      secondaryFactors: ['totp', 'sms'],
      phishingResistantRequired: false,
      requireAlternativeToSms: false,
      coversPatients: false,
      smsCountries: [],
      userVerification: 'preferred',
      freshFactorServes: false,
      resetsBy: ['administrator', 'support'],
      resetApproval: false,
      genericAccounts: 'allowed',
      genericNames: [],
    });
    expect(writtenPolicySchema.parse({ ...ofVersion1, recoveryCodes: { count: 0 } }).recoveryCodes.kind).toBe('none');
  });

  it.each(presetSchema.options)('of the preset %s is read as it was written', (preset) => {
    expect(writtenPolicySchema.parse(presets[preset])).toEqual(presets[preset]);
  });

  it('§6.11: is read without what a later release adds, and refused for a value that is not known', () => {
    expect(writtenPolicySchema.parse({ ...presets.healthie, trustedDeviceDays: 14 })).toEqual(presets.healthie);
    expect(writtenPolicySchema.safeParse({ ...presets.healthie, userVerification: 'never' }).success).toBe(false);
    expect(writtenPolicySchema.safeParse({ ...ofVersion1, genericAccounts: 'watched' }).success).toBe(false);
  });

  it('at the public door has every field and no other, inside too', () => {
    expect(policySchema.safeParse({ ...presets.healthie, colour: 'teal' }).success).toBe(false);
    const { enforced: _, ...without } = presets.healthie;
    expect(policySchema.safeParse(without).success).toBe(false);
    const session = { ...presets.healthie.session, warning: 60 };
    expect(policySchema.safeParse({ ...presets.healthie, session }).success).toBe(false);
    const recoveryCodes = { kind: 'none', count: 10 };
    expect(policySchema.safeParse({ ...presets.healthie, recoveryCodes }).success).toBe(false);
  });
});
