import { presets, type Policy } from '@cofactor/contracts';
import { assuranceOfPolicy, type Standard } from './assurance';

const of = (policy: Policy, wanted: Standard) => {
  const found = assuranceOfPolicy(policy).find(({ standard }) => standard === wanted);
  if (!found) throw new Error(`${wanted} is not judged`);
  return found;
};
const heldBack = (policy: Policy, standard: Standard) =>
  of(policy, standard).heldBackBy.map(({ setting, clause }) => `${setting ?? 'none'}: ${clause}`);

const strong: Policy = {
  ...presets.hipaatherapy,
  enforced: true,
  recoveryCodes: { kind: 'none', count: 0 },
  session: { absolute: 43_200, idle: 900 },
};

describe('BX9 what a policy reaches', () => {
  it('AAL1, whatever it says', () => {
    for (const policy of Object.values(presets)) expect(of(policy, 'nist-aal1').reached).toBe(true);
  });

  it.each<[string, Policy, string[]]>([
    [
      'healthcode: enforcement, codes by email, and nothing that resists phishing',
      presets.healthcode,
      [
        'enforced: NIST SP 800-63B-4 §2.2',
        'allowedFactors: NIST SP 800-63B-4 §3.1.3.1',
        'allowedFactors: NIST SP 800-63B-4 §2.2.2',
      ],
    ],
    ['accurx: nothing that resists phishing', presets.accurx, ['allowedFactors: NIST SP 800-63B-4 §2.2.2']],
    [
      'healthie: enforcement, and nothing that resists phishing',
      presets.healthie,
      ['enforced: NIST SP 800-63B-4 §2.2', 'allowedFactors: NIST SP 800-63B-4 §2.2.2'],
    ],
    ['hipaatherapy: enforcement', presets.hipaatherapy, ['enforced: NIST SP 800-63B-4 §2.2']],
  ])('below AAL2 is held back under %s', (_preset, policy, hindrances) => {
    expect(heldBack(policy, 'nist-aal2')).toEqual(hindrances);
  });

  it('R7 R13 R14: AAL2 with apps and passkeys; not with email, nor with text messages alone', () => {
    const sound: Policy = { ...presets.accurx, allowedFactors: ['totp', 'webauthn'] };
    expect(of(sound, 'nist-aal2').reached).toBe(true);
    expect(heldBack({ ...sound, allowedFactors: ['totp', 'webauthn', 'email'] }, 'nist-aal2')).toEqual([
      'allowedFactors: NIST SP 800-63B-4 §3.1.3.1',
    ]);
    expect(heldBack({ ...sound, allowedFactors: ['sms', 'webauthn'] }, 'nist-aal2')).toEqual([]);
    expect(heldBack({ ...sound, allowedFactors: ['sms'] }, 'nist-aal2')).toEqual([
      'allowedFactors: NIST SP 800-63B-4 §3.2.9',
      'allowedFactors: NIST SP 800-63B-4 §2.2.2',
    ]);
  });

  it('R15 R20: AAL3 never, since synced passkeys are accepted; until there every setting counts', () => {
    expect(heldBack(strong, 'nist-aal3')).toEqual(['none: NIST SP 800-63B-4 §B.3']);
    expect(of(strong, 'nist-aal3').reached).toBe(false);
    const lax: Policy = { ...presets.hipaatherapy, enforced: true, session: { absolute: 43_201, idle: 901 } };
    expect(heldBack({ ...lax, allowedFactors: ['webauthn', 'totp'] }, 'nist-aal3')).toEqual([
      'allowedFactors: NIST SP 800-63B-4 §3.2.5',
      'recoveryCodes: NIST SP 800-63B-4 §3.2.5',
      'session.absolute: NIST SP 800-63B-4 §2.3.3',
      'session.idle: NIST SP 800-63B-4 §2.3.3',
      'none: NIST SP 800-63B-4 §B.3',
    ]);
  });

  it('R44: Cyber Essentials where it is enforced', () => {
    expect(of(presets.accurx, 'cyber-essentials').reached).toBe(true);
    expect(heldBack(presets.healthie, 'cyber-essentials')).toEqual(['enforced: Cyber Essentials v3.2']);
  });

  it('R42: EPCS never, since no daily report is made; until there every setting counts', () => {
    const token: Policy = { ...strong, allowedFactors: ['totp'], resetApproval: true };
    expect(heldBack(token, 'epcs')).toEqual(['none: 21 CFR 1311.150']);
    expect(heldBack(presets.healthcode, 'epcs')).toEqual([
      'enforced: 21 CFR 1311.115',
      'allowedFactors: 21 CFR 1311.115',
      'recoveryCodes: 21 CFR 1311.115',
      'resetApproval: 21 CFR 1311.125',
      'none: 21 CFR 1311.150',
    ]);
    expect(heldBack({ ...token, allowedFactors: ['webauthn'] }, 'epcs')).toContain('allowedFactors: 21 CFR 1311.115');
  });
});
