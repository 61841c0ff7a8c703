import type { OrganisationPolicy, Policy } from '@cofactor/contracts';
import fc from 'fast-check';
import { comparableName, genericAccount } from './generic-accounts';
import {
  freshFactorServes,
  recoveryCodeKind,
  recoveryCodeRule,
  resetRules,
  smsCountries,
  strictest,
  userVerification,
} from './merge';
import { anyPolicies, anyPolicy, under } from './test-people';

describe('the rules of several practices', () => {
  it('HE12 merge to the strictest numbers', () => {
    const strict = under({
      session: { absolute: 600, idle: 120 },
      reauthenticateAfter: { enrolling: 0, revoking: 60 },
    });
    expect(strictest([under({}), strict])).toMatchObject({
      session: { absolute: 600, idle: 120 },
      reauthenticateAfter: { enrolling: 0, revoking: 60 },
    });
  });

  it.each<[string, readonly Policy['recoveryCodes'][], Policy['recoveryCodes']]>([
    ['HC5 a list where one gives it', [{ kind: 'list', count: 10 }], { kind: 'list', count: 10 }],
    [
      'the shorter of two lists',
      [
        { kind: 'list', count: 10 },
        { kind: 'list', count: 8 },
      ],
      { kind: 'list', count: 8 },
    ],
    [
      'HE4 one code where one wants that',
      [
        { kind: 'list', count: 10 },
        { kind: 'single', count: 1 },
      ],
      { kind: 'single', count: 1 },
    ],
    [
      'what the other gives, where one gives none',
      [
        { kind: 'none', count: 0 },
        { kind: 'list', count: 10 },
      ],
      { kind: 'list', count: 10 },
    ],
    ['none where nobody gives any', [{ kind: 'none', count: 0 }], { kind: 'none', count: 0 }],
  ])('recovery codes: %s', (_rule, wanted, given) => {
    const policies = wanted.map((recoveryCodes) => under({ recoveryCodes }));
    expect(recoveryCodeRule(policies)).toEqual(given);
    expect(recoveryCodeKind(policies)).toBe(given.kind);
  });

  it('text messages go to the countries on which all agree that send any; home is the first', () => {
    const passkeysOnly = under({ allowedFactors: ['webauthn'], smsCountries: [] });
    expect(smsCountries([under({ smsCountries: ['IE', 'GB'] }), passkeysOnly])).toEqual(['IE', 'GB']);
    expect(smsCountries([under({ smsCountries: ['IE', 'GB', 'US'] }), under({ smsCountries: ['US', 'GB'] })])).toEqual([
      'GB',
      'US',
    ]);
    expect(smsCountries([under({ smsCountries: ['IE'] }), under({ smsCountries: ['US'] })])).toEqual([]);
    expect(smsCountries([passkeysOnly])).toEqual([]);
  });

  it('a passkey verifies its user where one asks for it', () => {
    expect(userVerification([under({ userVerification: 'preferred' })])).toBe('preferred');
    expect(userVerification([under({}), under({ userVerification: 'required' })])).toBe('required');
  });

  it('BX5 resets are for those on whom all agree, approved where one asks for it', () => {
    expect(resetRules([under({}), under({ resetsBy: ['support'], resetApproval: true })])).toEqual({
      by: ['support'],
      approval: true,
    });
    expect(resetRules([under({})])).toEqual({ by: ['administrator', 'support'], approval: false });
  });

  it('a fresh second factor takes the place of the password where all accept that', () => {
    expect(freshFactorServes([under({}), under({ freshFactorServes: false })])).toBe(false);
    expect(freshFactorServes([under({}), under({})])).toBe(true);
  });

  it('§5: adding a practice never loosens', () => {
    const asStrict = (one: readonly OrganisationPolicy[], other: readonly OrganisationPolicy[]) => {
      const [more, fewer] = [strictest(one), strictest(other)];
      expect(more.session.absolute).toBeLessThanOrEqual(fewer.session.absolute);
      expect(more.session.idle).toBeLessThanOrEqual(fewer.session.idle);
      expect(more.reauthenticateAfter.enrolling).toBeLessThanOrEqual(fewer.reauthenticateAfter.enrolling);
      expect(more.reauthenticateAfter.revoking).toBeLessThanOrEqual(fewer.reauthenticateAfter.revoking);
      if (freshFactorServes(one)) expect(freshFactorServes(other)).toBe(true);
      if (userVerification(other) === 'required') expect(userVerification(one)).toBe('required');
      if (resetRules(other).approval) expect(resetRules(one).approval).toBe(true);
      expect(resetRules(other).by).toEqual(expect.arrayContaining([...resetRules(one).by]));
      for (const name of ['reception', 'admin']) {
        if (genericAccount(other, `${name}@x.example`).refused) {
          expect(genericAccount(one, `${name}@x.example`).refused).toBe(true);
        }
      }
    };
    fc.assert(fc.property(anyPolicies, anyPolicy, (policies, another) => asStrict([...policies, another], policies)));
  });

  it('§5: a country is never gained by a practice that sends text messages too', () => {
    const sending = anyPolicy.map(({ policy }) => under({ ...policy, allowedFactors: ['sms'] }));
    fc.assert(
      fc.property(sending, sending, (one, other) => {
        expect(smsCountries([one])).toEqual(expect.arrayContaining([...smsCountries([one, other])]));
      }),
    );
  });
});

describe('AX6 HE13 an account that several people share', () => {
  it.each([
    ['reception@practice.example', 'reception'],
    ['Reception.2@practice.example', 'reception'],
    ['front-desk+monday@practice.example', 'frontdesk'],
    ['ＡＤＭＩＮ@practice.example', 'admin'],
    ['4711@practice.example', ''],
  ])('%s is compared as "%s"', (email, name) => expect(comparableName(email)).toBe(name));

  it('is known by its name, and refused where the practice refuses such accounts', () => {
    const refusing = under({ genericAccounts: 'refused', genericNames: ['Reception'] });
    expect(genericAccount([refusing], 'reception3@practice.example')).toEqual({ generic: true, refused: true });
    expect(genericAccount([under({})], 'reception@practice.example')).toEqual({ generic: true, refused: false });
    expect(genericAccount([refusing], 'amara@practice.example')).toEqual({ generic: false, refused: false });
  });

  it('AX6: is what each practice decided of it, whatever its name, and for itself alone', () => {
    const refusing = under({ genericAccounts: 'refused', genericNames: ['reception'] });
    const judge = (email: string, shared: boolean, organisationId: string) =>
      genericAccount([refusing], `${email}@practice.example`, [{ organisationId, shared }]).refused;
    expect(judge('amara', true, refusing.organisationId)).toBe(true);
    expect(judge('reception', false, refusing.organisationId)).toBe(false);
    expect(judge('amara', true, 'another')).toBe(false);
    expect(judge('reception', false, 'another')).toBe(true);
  });

  it('is none for an address without letters, whatever the names', () => {
    expect(genericAccount([under({ genericAccounts: 'refused' })], '4711@practice.example').generic).toBe(false);
  });

  it('is refused by the practice that knows the name, not by one that does not', () => {
    const policies = [
      under({ genericAccounts: 'refused', genericNames: ['admin'] }),
      under({ genericNames: ['reception'] }),
    ];
    expect(genericAccount(policies, 'reception@practice.example')).toEqual({ generic: true, refused: false });
  });
});
