import { presets, type FactorType, type OrganisationPolicy, type Policy, type SignInMethod } from '@cofactor/contracts';
import fc from 'fast-check';
import { allowedTypes, mayRemove, requirements, setUpOf, strictest, type Holdings } from './requirements';

const built: readonly FactorType[] = ['totp', 'recovery-code'];
const method = (type: FactorType): SignInMethod => ({ credentialId: `a-${type}`, type, hint: type, role: null });
const under = (policy: Partial<Policy>, base: Policy = presets.healthcode): OrganisationPolicy => ({
  organisationId: 'organisation-1',
  version: 1,
  policy: { ...base, ...policy },
});
const nothing: Holdings = { factors: [], recoveryCodes: null, setUpOpen: true };
const theApp: Holdings = { factors: [method('totp')], recoveryCodes: method('recovery-code'), setUpOpen: false };
const lostAll: Holdings = { factors: [], recoveryCodes: null, setUpOpen: false };

interface Row {
  readonly story: string;
  readonly policies: readonly OrganisationPolicy[];
  readonly holds: Holdings;
  readonly proven: boolean;
  readonly built?: readonly FactorType[];
  readonly next: unknown;
}

const rows: readonly Row[] = [
  {
    story: 'nothing held, not enforced: the password is enough',
    policies: [under({})],
    holds: nothing,
    proven: false,
    next: { step: 'completed' },
  },
  {
    story: 'HC8 nothing held, enforced: set-up first',
    policies: [under({ enforced: true })],
    holds: nothing,
    proven: false,
    next: { step: 'set-up', allowed: ['totp'], missing: ['default', 'secondary'] },
  },
  {
    story: 'AX2 nothing held under accurx: set-up first',
    policies: [under({}, presets.accurx)],
    holds: nothing,
    proven: false,
    next: { step: 'set-up', allowed: ['totp'], missing: ['default'] },
  },
  {
    story: 'the app is held: its code or a recovery code, enforced or not',
    policies: [under({})],
    holds: theApp,
    proven: false,
    next: { step: 'second-factor', methods: [method('totp'), method('recovery-code')] },
  },
  {
    story: '§6.2 someone who holds a factor is never offered a set-up instead of it',
    policies: [under({ enforced: true })],
    holds: theApp,
    proven: false,
    next: { step: 'second-factor', methods: [method('totp'), method('recovery-code')] },
  },
  {
    story: 'HC4 the app proven, a secondary required that is not built: nobody is held up by what cannot be had',
    policies: [under({ enforced: true })],
    holds: theApp,
    proven: true,
    next: { step: 'completed' },
  },
  {
    story: 'HC4 the app proven, a secondary required and built: finish the set-up',
    policies: [under({ enforced: true })],
    holds: theApp,
    proven: true,
    built: ['totp', 'sms', 'recovery-code'],
    next: { step: 'set-up', allowed: ['totp', 'sms'], missing: ['secondary'] },
  },
  {
    story: '§6.2 all factors gone and nobody opened a set-up: no way in by the password alone',
    policies: [under({ enforced: true })],
    holds: lostAll,
    proven: false,
    next: { step: 'no-way-in' },
  },
  {
    story: '§6.2 the same where nothing is enforced',
    policies: [under({})],
    holds: lostAll,
    proven: false,
    next: { step: 'no-way-in' },
  },
  {
    story: 'HT6 no authenticator app under hipaatherapy, so nothing is offered that could not be had',
    policies: [under({ enforced: true }, presets.hipaatherapy)],
    holds: nothing,
    proven: false,
    next: { step: 'completed' },
  },
  {
    story: 'two practices, one enforces: its set-up is asked for',
    policies: [under({}), under({}, presets.accurx)],
    holds: nothing,
    proven: false,
    next: { step: 'set-up', allowed: ['totp'], missing: ['default'] },
  },
];

describe('what a sign-in needs', () => {
  it.each(rows)('$story', ({ policies, holds, proven, built: available = built, next }) => {
    expect(requirements(policies, holds, proven, available)).toEqual(next);
  });

  it('adding a practice never loosens what is asked', () => {
    const anyPolicy = fc.record({
      allowedFactors: fc.uniqueArray(fc.constantFrom('totp', 'sms', 'email', 'webauthn')),
      secondaryRequired: fc.boolean(),
      enforced: fc.boolean(),
    });
    const anyHoldings = fc
      .tuple(fc.uniqueArray(fc.constantFrom<FactorType>('totp', 'sms')), fc.boolean(), fc.boolean())
      .map(([types, setUpOpen, codes]) => ({
        factors: types.map(method),
        recoveryCodes: codes ? method('recovery-code') : null,
        setUpOpen,
      }));
    fc.assert(
      fc.property(anyPolicy, anyPolicy, anyHoldings, fc.boolean(), (one, other, holds, proven) => {
        const alone = requirements([under(one)], holds, proven, built);
        const both = requirements([under(one), under(other)], holds, proven, built);
        if (both.step === 'completed') expect(alone.step).toBe('completed');
      }),
    );
  });
});

describe('a set-up', () => {
  it('HC4 with the app alone misses the secondary method, and recovery codes until they are issued', () => {
    expect(setUpOf([under({})], theApp)).toEqual({ complete: false, missing: ['secondary'] });
    expect(setUpOf([under({})], { ...theApp, recoveryCodes: null }).missing).toEqual(['secondary', 'recovery-codes']);
  });

  it('HC4 recovery codes are no secondary method; a factor that the policy does not allow is none either', () => {
    expect(setUpOf([under({ allowedFactors: ['sms'] })], theApp).missing).toEqual(['default', 'secondary']);
  });

  it('is complete where no secondary is asked for', () => {
    expect(setUpOf([under({ secondaryRequired: false })], theApp)).toEqual({ complete: true, missing: [] });
  });

  it('offers only what is allowed and built, in the order of the registry', () => {
    expect(allowedTypes([under({})], built)).toEqual(['totp']);
    expect(allowedTypes([under({}, presets.hipaatherapy)], built)).toEqual([]);
    expect(allowedTypes([under({}, presets.hipaatherapy), under({})], ['webauthn', 'totp'])).toEqual([
      'webauthn',
      'totp',
    ]);
  });
});

describe('removing a factor', () => {
  it('HC8 is refused while the practice enforces it, and free otherwise (HC9)', () => {
    expect(mayRemove([under({ enforced: true })], theApp, nothing)).toBe(false);
    expect(mayRemove([under({ enforced: false })], theApp, nothing)).toBe(true);
  });

  it('is not refused for something that was missing before', () => {
    const two: Holdings = { ...theApp, factors: [method('totp'), { ...method('totp'), credentialId: 'another' }] };
    expect(mayRemove([under({ enforced: true })], two, theApp)).toBe(true);
  });
});

describe('the rules of several practices', () => {
  it('HE12 merge to the strictest numbers', () => {
    const strict = under({
      session: { absolute: 600, idle: 120 },
      reauthenticateAfter: { enrolling: 0, revoking: 60 },
      recoveryCodes: { count: 12 },
    });
    expect(strictest([under({}), strict])).toEqual({
      session: { absolute: 600, idle: 120 },
      reauthenticateAfter: { enrolling: 0, revoking: 60 },
      recoveryCodes: { count: 12 },
    });
  });
});
