import { policySettings, presets } from '@cofactor/contracts';
import { changedSettings, matters, policyOf, rebased, rulesOf, withMethods, type Rules } from './rules';

const rules = rulesOf(presets.healthcode);

describe('the sign-in rules as the page edits them', () => {
  it('are every setting that the contracts know, and go back as they came', () => {
    expect(Object.keys(rules).sort()).toEqual(Object.keys(policySettings).sort());
    for (const preset of Object.values(presets)) expect(policyOf(rulesOf(preset))).toEqual(preset);
  });

  it('name what differs', () => {
    expect(changedSettings(rules, rules)).toEqual([]);
    const other = { ...rules, enforced: true, 'session.idle': 60, recoveryCodes: { kind: 'none', count: 0 } } as const;
    expect([...changedSettings(rules, other)].sort()).toEqual(['enforced', 'recoveryCodes', 'session.idle']);
  });

  it('keep one’s own changes on top of those of somebody else, and take theirs where one changed nothing', () => {
    const own: Rules = { ...rules, resetApproval: true, secondaryRequired: false };
    const theirs: Rules = { ...rules, secondaryRequired: true, coversPatients: true, 'session.idle': 900 };
    const after = rebased(rules, own, theirs);
    expect(after).toEqual({ ...theirs, resetApproval: true, secondaryRequired: false });
    expect([...changedSettings(theirs, after)].sort()).toEqual(['resetApproval', 'secondaryRequired']);
  });

  it('take the roles away with a method, and give them with one, but never email the default', () => {
    const apps = withMethods(rules, ['totp']);
    expect(apps).toMatchObject({ allowedFactors: ['totp'], defaultFactors: ['totp'], secondaryFactors: ['totp'] });
    const both = withMethods(apps, ['totp', 'email', 'webauthn']);
    expect(both).toMatchObject({
      recommendedFactors: ['totp'],
      defaultFactors: ['totp', 'webauthn'],
      secondaryFactors: ['totp', 'email', 'webauthn'],
    });
    expect(withMethods(both, ['email']).recommendedFactors).toEqual([]);
  });

  it('leave out what says nothing under them', () => {
    expect(matters(rules, 'smsCountries')).toBe(true);
    expect(matters(rules, 'userVerification')).toBe(false);
    const passkeys = rulesOf(presets.hipaatherapy);
    expect([matters(passkeys, 'smsCountries'), matters(passkeys, 'userVerification')]).toEqual([false, true]);
  });
});
