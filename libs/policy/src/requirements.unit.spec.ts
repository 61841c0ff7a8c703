import { presets, type FactorType, type Next, type OrganisationPolicy } from '@cofactor/contracts';
import fc from 'fast-check';
import { passwordOnly, requirements, usableMethods, type SignInSignals } from './requirements';
import { allowedTypes, type Holdings } from './set-up';
import {
  all,
  anyHoldings,
  anyPolicies,
  anyPolicy,
  anyProven,
  holding,
  lostAll,
  method,
  nothing,
  under,
} from './test-people';

const enforced = { enforced: true };
const proof = (...types: readonly FactorType[]): Next => ({ step: 'second-factor', methods: types.map(method) });
const setUp = (allowed: FactorType[], ...missing: ('default' | 'secondary' | 'phishing-resistant')[]): Next => ({
  step: 'set-up',
  allowed,
  missing,
});
const completed: Next = { step: 'completed' };

interface Row {
  readonly sentence: string;
  readonly rules: readonly OrganisationPolicy[];
  readonly holds: Holdings;
  readonly shown?: Partial<SignInSignals>;
  readonly built?: readonly FactorType[];
  readonly next: unknown;
}

/** One sentence a row, as the people read it who decide what the product does. */
const rows: readonly Row[] = [
  {
    sentence: 'Nothing is enforced and nothing held: the password is enough.',
    rules: [under({})],
    holds: nothing,
    next: completed,
  },
  {
    sentence: 'HC8 It is enforced, and nothing is held: they set up a default and a secondary method first.',
    rules: [under(enforced)],
    holds: nothing,
    next: setUp(['totp', 'sms', 'email'], 'default', 'secondary'),
  },
  {
    sentence: 'AX2 The preset accurx is enforced from the start, and asks for one method.',
    rules: [under(presets.accurx)],
    holds: nothing,
    next: setUp(['totp', 'sms'], 'default'),
  },
  {
    sentence: 'HC6 Who holds an app proves it, or enters a recovery code, whether it is enforced or not.',
    rules: [under({})],
    holds: holding('totp', 'recovery-code'),
    next: proof('totp', 'recovery-code'),
  },
  {
    sentence: 'HC6 Who has a secondary method signs in with either.',
    rules: [under(enforced)],
    holds: holding('totp', 'email', 'recovery-code'),
    next: proof('totp', 'email', 'recovery-code'),
  },
  {
    sentence: 'HC6 With the secondary method proven, they are in.',
    rules: [under(enforced)],
    holds: holding('totp', 'email'),
    shown: { proven: ['email'] },
    next: completed,
  },
  {
    sentence: '§6.2 Who holds a method is never offered a set-up in its place.',
    rules: [under(enforced)],
    holds: holding('totp'),
    next: proof('totp'),
  },
  {
    sentence: 'HC4 The app is proven, and a secondary method is missing: they finish the set-up.',
    rules: [under(enforced)],
    holds: holding('totp'),
    shown: { proven: ['totp'] },
    next: setUp(['totp', 'sms', 'email'], 'secondary'),
  },
  {
    sentence: 'HC4 Nobody is held up by a secondary method that cannot be had here.',
    rules: [under(enforced)],
    holds: holding('totp'),
    shown: { proven: ['totp'] },
    built: ['totp', 'recovery-code'],
    next: completed,
  },
  {
    sentence: 'HC1 HC2 Email is a secondary method, and no default: who has only that sets up another.',
    rules: [under(enforced)],
    holds: holding('email'),
    shown: { proven: ['email'] },
    next: setUp(['totp', 'sms', 'email'], 'default', 'secondary'),
  },
  {
    sentence: 'HE11 Under healthie, email is not offered.',
    rules: [under({ ...presets.healthie, ...enforced })],
    holds: nothing,
    next: setUp(['totp', 'sms'], 'default'),
  },
  {
    sentence: 'HT6 Under hipaatherapy, there is no authenticator app.',
    rules: [under({ ...presets.hipaatherapy, ...enforced })],
    holds: nothing,
    next: setUp(['webauthn'], 'default'),
  },
  {
    sentence: 'HT6 Where passkeys cannot be had, nobody is held up by a policy of passkeys.',
    rules: [under({ ...presets.hipaatherapy, ...enforced })],
    holds: nothing,
    built: ['totp', 'recovery-code'],
    next: completed,
  },
  {
    sentence: 'A method that is no longer allowed is no longer asked for, where another is.',
    rules: [under({ allowedFactors: ['totp'] })],
    holds: holding('totp', 'sms', 'recovery-code'),
    next: proof('totp', 'recovery-code'),
  },
  {
    sentence: 'A method that is no longer allowed does not sign anybody in, where another is held.',
    rules: [under({ allowedFactors: ['totp'] })],
    holds: holding('totp', 'sms'),
    shown: { proven: ['sms'] },
    next: proof('totp'),
  },
  {
    sentence: 'Who holds nothing else still proves it, so that a change of the rules shuts nobody out.',
    rules: [under({ ...enforced, allowedFactors: ['totp'] })],
    holds: holding('sms', 'recovery-code'),
    next: proof('sms', 'recovery-code'),
  },
  {
    sentence: 'After that proof they set up one that is allowed.',
    rules: [under({ ...enforced, allowedFactors: ['totp'], secondaryRequired: false })],
    holds: holding('sms'),
    shown: { proven: ['sms'] },
    next: setUp(['totp'], 'default'),
  },
  {
    sentence: 'Where the practice has no recovery codes, old ones do not count.',
    rules: [under({ recoveryCodes: { kind: 'none', count: 0 } })],
    holds: holding('totp', 'recovery-code'),
    next: proof('totp'),
  },
  {
    sentence: 'R13 Where the practice asks for an alternative, text messages alone are not a set-up.',
    rules: [under({ ...enforced, secondaryRequired: false, requireAlternativeToSms: true })],
    holds: holding('sms'),
    shown: { proven: ['sms'] },
    next: setUp(['totp', 'sms', 'email'], 'secondary'),
  },
  {
    sentence: 'R14 Where the practice asks for a passkey, an app alone is not a set-up.',
    rules: [under({ ...enforced, ...twoKinds(), phishingResistantRequired: true })],
    holds: holding('totp'),
    shown: { proven: ['totp'] },
    next: setUp(['totp', 'webauthn'], 'phishing-resistant'),
  },
  {
    sentence: 'A practice that allows text messages to no country offers none.',
    rules: [under({ ...enforced, smsCountries: [] })],
    holds: nothing,
    next: setUp(['totp', 'email'], 'default', 'secondary'),
  },
  {
    sentence: '§6.2 All methods are gone, and nobody opened a set-up: the password alone is no way in.',
    rules: [under({})],
    holds: lostAll,
    next: { step: 'no-way-in' },
  },
  {
    sentence: '§6.2 The same where it is enforced.',
    rules: [under(enforced)],
    holds: lostAll,
    next: { step: 'no-way-in' },
  },
  {
    sentence: 'BX6 After a link by email, a code by email is no second factor.',
    rules: [under({})],
    holds: holding('totp', 'email'),
    shown: { firstFactor: 'email-link' },
    next: proof('totp'),
  },
  {
    sentence: 'BX6 Nor where it was proven all the same.',
    rules: [under({})],
    holds: holding('totp', 'email'),
    shown: { firstFactor: 'email-link', proven: ['email'] },
    next: proof('totp'),
  },
  {
    sentence: 'BX6 Who has nothing but codes by email cannot sign in by a link.',
    rules: [under({})],
    holds: holding('email'),
    shown: { firstFactor: 'email-link' },
    next: { step: 'no-way-in' },
  },
  {
    sentence: 'Of two practices one enforces: its set-up is asked for.',
    rules: [under({}), under(presets.accurx)],
    holds: nothing,
    next: setUp(['totp', 'sms', 'email'], 'default'),
  },
  {
    sentence: '§5 Two practices without a common method are both met, one after the other.',
    rules: [under({ ...presets.hipaatherapy, ...enforced }), under(presets.accurx)],
    holds: holding('webauthn', 'totp'),
    shown: { proven: ['webauthn'] },
    next: proof('totp'),
  },
  {
    sentence: '§5 With both proven, they are in.',
    rules: [under({ ...presets.hipaatherapy, ...enforced }), under(presets.accurx)],
    holds: holding('webauthn', 'totp'),
    shown: { proven: ['webauthn', 'totp'] },
    next: completed,
  },
  {
    sentence: '§5 Who holds a method for one of them sets up the other’s.',
    rules: [under({ ...presets.hipaatherapy, ...enforced }), under(presets.accurx)],
    holds: holding('webauthn'),
    shown: { proven: ['webauthn'] },
    next: setUp(['totp', 'sms', 'webauthn'], 'default'),
  },
];

/** App and passkey in any role, no second one needed. */
function twoKinds() {
  const both = ['totp', 'webauthn'] as const;
  return {
    allowedFactors: [...both],
    defaultFactors: [...both],
    secondaryFactors: [...both],
    secondaryRequired: false,
  };
}

describe('what a sign-in needs', () => {
  it.each(rows)('$sentence', ({ rules, holds, shown, built = all, next }) => {
    expect(requirements(rules, holds, { ...passwordOnly, ...shown }, { built })).toEqual(next);
  });

  it('§5: adding a practice never loosens what is asked', () => {
    fc.assert(
      fc.property(anyPolicies, anyPolicy, anyHoldings, anyProven, (policies, another, holds, proven) => {
        const signals = { firstFactor: 'password', proven } as const;
        const isIn = (rules: readonly OrganisationPolicy[]) =>
          requirements(rules, holds, signals, { built: all }).step === 'completed';
        // Countries on which practices do not agree can make a method unattainable; such a merge is refused.
        const agreeing = [...policies, another].map((rules) => under({ ...rules.policy, smsCountries: ['GB'] }));
        if (isIn(agreeing))
          agreeing.forEach((_, left) => {
            const fewer = agreeing.filter((__, index) => index !== left);
            expect(isIn(fewer)).toBe(true);
          });
      }),
      { numRuns: 1000 },
    );
  });

  it('whoever holds a method, or may set one up, has a way on, and at its end is in', () => {
    fc.assert(
      fc.property(anyPolicies, anyHoldings, (policies, holds) => {
        let held = holds;
        let proven: readonly FactorType[] = [];
        for (let step = 0; step < 12; step += 1) {
          const next = requirements(policies, held, { firstFactor: 'password', proven }, { built: all });
          if (next.step === 'completed') return;
          if (next.step === 'no-way-in') {
            expect(holds).toMatchObject({ factors: [], setUpOpen: false });
            return;
          }
          const types = next.step === 'second-factor' ? next.methods.map(({ type }) => type) : next.allowed;
          const fresh = types.filter((type) => !proven.includes(type));
          const [chosen] = next.step === 'set-up' ? fresh.filter((type) => !isHeld(held, type)) : fresh;
          if (chosen === undefined) throw new Error(`nothing to do at ${JSON.stringify(next)}`);
          if (next.step === 'set-up') held = { ...held, factors: [...held.factors, method(chosen)] };
          proven = [...proven, chosen];
        }
        throw new Error('the sign-in does not end');
      }),
      { numRuns: 1000 },
    );
  });
});

const isHeld = ({ factors }: Holdings, wanted: FactorType): boolean => factors.some(({ type }) => type === wanted);

describe('what counts as a second factor', () => {
  it('is what one of the practices allows, codes where one has them', () => {
    const [passkeys, apps] = [under(presets.hipaatherapy), under({ ...presets.accurx })];
    const types = usableMethods([passkeys, apps], holding('webauthn', 'totp', 'email', 'recovery-code'));
    expect(types.map(({ type }) => type)).toEqual(['webauthn', 'recovery-code', 'totp']);
  });

  it('offers only what is allowed and built, in the order of the registry', () => {
    expect(allowedTypes([under({})], ['totp', 'recovery-code'])).toEqual(['totp']);
    expect(allowedTypes([under(presets.hipaatherapy)], ['totp'])).toEqual([]);
    expect(allowedTypes([under(presets.hipaatherapy), under({})], ['webauthn', 'totp'])).toEqual(['webauthn', 'totp']);
  });
});
