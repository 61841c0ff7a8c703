import { presets, presetSchema, type FactorType, type OrganisationPolicy, type Policy } from '@cofactor/contracts';
import fc from 'fast-check';
import { changedSettings, settingKeys } from './changed-settings';
import { mergeProblems, policyProblems, unbuiltProblems } from './feasibility';
import { operatorPolicy } from './operator-policy';
import { requirements } from './requirements';
import { missingUnder, type Holdings } from './set-up';
import { all, anyPolicy, method, nothing, under } from './test-people';

const problemsWith = (differing: Partial<Policy>) =>
  policyProblems({ ...presets.healthcode, ...differing }).map(({ setting }) => setting);

describe('the rules of one practice', () => {
  it.each([
    ...presetSchema.options.map((preset) => [preset, presets[preset]] as const),
    ['the operator’s', operatorPolicy.policy] as const,
  ])('of %s can be lived under, enforced too', (_name, policy) => {
    expect(policyProblems(policy)).toEqual([]);
    expect(policyProblems({ ...policy, enforced: true })).toEqual([]);
  });

  it.each<[string, Partial<Policy>, string[]]>([
    ['a method twice', { recommendedFactors: ['totp', 'totp'] }, ['recommendedFactors']],
    ['a recommended method that is not allowed', { recommendedFactors: ['webauthn'] }, ['recommendedFactors']],
    ['a default that is not allowed', { defaultFactors: ['totp', 'webauthn'] }, ['defaultFactors']],
    ['a secondary that is not allowed', { secondaryFactors: ['email', 'webauthn'] }, ['secondaryFactors']],
    ['no default at all', { defaultFactors: [] }, ['defaultFactors', 'secondaryFactors']],
    ['HC4 no secondary though one is required', { secondaryFactors: [] }, ['secondaryFactors']],
    [
      'BX6 a secondary of the only kind that can be the default',
      { defaultFactors: ['sms'], secondaryFactors: ['sms'] },
      ['secondaryFactors'],
    ],
    ['a passkey that is required and not allowed', { phishingResistantRequired: true }, ['phishingResistantRequired']],
    [
      'R13 an alternative to text messages where there is none',
      {
        requireAlternativeToSms: true,
        secondaryRequired: false,
        recommendedFactors: [],
        allowedFactors: ['sms'],
        defaultFactors: ['sms'],
        secondaryFactors: [],
      },
      ['requireAlternativeToSms'],
    ],
    ['text messages to nowhere', { smsCountries: [] }, ['smsCountries']],
    ['nobody who may reset', { resetsBy: [] }, ['resetsBy']],
    ['a rest that is longer than the session', { session: { absolute: 600, idle: 900 } }, ['session.idle']],
  ])('are refused for %s', (_why, differing, settings) => expect(problemsWith(differing)).toEqual(settings));

  it('without any method can stand, but cannot be enforced', () => {
    const none = {
      allowedFactors: [],
      recommendedFactors: [],
      defaultFactors: [],
      secondaryFactors: [],
      secondaryRequired: false,
    };
    expect(problemsWith(none)).toEqual([]);
    expect(problemsWith({ ...none, enforced: true })).toEqual(['allowedFactors']);
  });

  it('cannot be enforced where none of their methods is built', () => {
    const passkeys = { ...presets.hipaatherapy, enforced: true };
    expect(unbuiltProblems(passkeys, ['totp', 'recovery-code'])).toHaveLength(1);
    expect(unbuiltProblems(passkeys, all)).toEqual([]);
    expect(unbuiltProblems(presets.hipaatherapy, ['totp'])).toEqual([]);
    expect(unbuiltProblems({ ...presets.healthcode, enforced: true }, ['totp'])).toEqual([]);
  });
});

describe('§5 the rules of several practices', () => {
  const textOnly = (country: string): OrganisationPolicy =>
    under({
      enforced: true,
      allowedFactors: ['sms'],
      defaultFactors: ['sms'],
      secondaryFactors: [],
      secondaryRequired: false,
      smsCountries: [country],
    });

  it('are refused where no number fits them all', () => {
    expect(mergeProblems([textOnly('GB'), textOnly('US')]).map(({ setting }) => setting)).toEqual(['smsCountries']);
    expect(mergeProblems([textOnly('GB'), textOnly('GB')])).toEqual([]);
    expect(mergeProblems([textOnly('GB'), under({ ...presets.healthie, smsCountries: ['US'] })])).toHaveLength(1);
  });

  it('are accepted where another method does', () => {
    expect(mergeProblems([under({ enforced: true, smsCountries: ['GB'] }), under({ smsCountries: ['US'] })])).toEqual(
      [],
    );
    expect(mergeProblems([under(presets.hipaatherapy), under(presets.accurx)])).toEqual([]);
  });

  it('are refused where nobody may reset for all of them', () => {
    const [one, other] = [under({ resetsBy: ['administrator'] }), under({ resetsBy: ['support'] })];
    expect(mergeProblems([one, other]).map(({ setting }) => setting)).toEqual(['resetsBy']);
  });

  const soundPolicy = anyPolicy
    .map(({ policy }) => {
      const isAllowed = <Type>(type: Type) => policy.allowedFactors.some((one) => one === type);
      return under({
        ...policy,
        defaultFactors: policy.defaultFactors.filter(isAllowed),
        secondaryFactors: policy.secondaryFactors.filter(isAllowed),
        recommendedFactors: [],
      });
    })
    .filter(({ policy }) => policyProblems(policy).length === 0);

  it('leave nobody without a way in, nor with a set-up that cannot be finished, where they are accepted', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(soundPolicy, { minLength: 1, maxLength: 3 }), (policies) => {
        if (mergeProblems(policies).length > 0) return;
        accepted += 1;
        const held = settingUp(policies);
        for (const { policy } of policies.filter((one) => one.policy.enforced)) {
          expect(missingUnder(policy, { ...held, recoveryCodes: method('recovery-code') })).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  /** Someone new who does what they are asked, until they are in. */
  function settingUp(policies: readonly OrganisationPolicy[]): Holdings {
    let held = nothing;
    for (let step = 0; step < 8; step += 1) {
      const proven = held.factors.map(({ type }) => type);
      const next = requirements(policies, held, { firstFactor: 'password', proven }, { built: all });
      if (next.step === 'completed') return held;
      if (next.step !== 'set-up') throw new Error(`cannot go on: ${next.step}`);
      const chosen: FactorType | undefined = next.allowed.find((type) => !proven.includes(type));
      if (chosen === undefined) throw new Error('nothing more can be set up');
      held = { ...held, factors: [...held.factors, method(chosen)] };
    }
    throw new Error('the set-up does not end');
  }
});

describe('what changes between two policies', () => {
  it('is named by setting', () => {
    const { healthcode } = presets;
    expect(changedSettings(healthcode, healthcode)).toEqual([]);
    const session = { ...healthcode.session, idle: 60 };
    expect(changedSettings(healthcode, { ...healthcode, enforced: true, session })).toEqual([
      'enforced',
      'session.idle',
    ]);
    const turned = { idle: healthcode.session.idle, absolute: healthcode.session.absolute };
    expect(changedSettings(healthcode, { ...healthcode, session: turned })).toEqual([]);
  });

  it('is seen in every setting', () => {
    const other: Policy = {
      allowedFactors: [],
      recommendedFactors: [],
      defaultFactors: [],
      secondaryFactors: [],
      secondaryRequired: false,
      phishingResistantRequired: true,
      requireAlternativeToSms: true,
      enforced: true,
      coversPatients: true,
      smsCountries: [],
      userVerification: 'required',
      recoveryCodes: { kind: 'none', count: 0 },
      session: { absolute: 60, idle: 60 },
      reauthenticateAfter: { enrolling: 1, revoking: 1 },
      freshFactorServes: false,
      resetsBy: [],
      resetApproval: true,
      genericAccounts: 'refused',
      genericNames: [],
    };
    expect(changedSettings(presets.healthcode, other)).toEqual(settingKeys);
  });
});
