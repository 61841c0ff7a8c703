import {
  methodTypeSchema,
  presets,
  type FactorType,
  type OrganisationPolicy,
  type Policy,
  type SignInMethod,
} from '@cofactor/contracts';
import fc from 'fast-check';
import type { Holdings } from './set-up';

/** For tests: every type there is. */
export const all: readonly FactorType[] = [...methodTypeSchema.options, 'recovery-code'];

export const method = (type: FactorType): SignInMethod => ({ credentialId: `a-${type}`, type, hint: type, role: null });

/** A practice under healthcode, but for what is said. */
export const under = (policy: Partial<Policy>, organisationId = 'practice-1'): OrganisationPolicy => ({
  organisationId,
  version: 1,
  policy: { ...presets.healthcode, ...policy },
});

/** Someone who holds these, and recovery codes where they are named. */
export const holding = (...types: readonly FactorType[]): Holdings => ({
  factors: types.filter((type) => type !== 'recovery-code').map(method),
  recoveryCodes: types.includes('recovery-code') ? method('recovery-code') : null,
  setUpOpen: types.length === 0,
});

export const nothing = holding();
/** Their factors are gone, and nobody opened a new set-up. */
export const lostAll: Holdings = { ...nothing, setUpOpen: false };

const methods = fc.uniqueArray(fc.constantFrom(...methodTypeSchema.options));

/** Any rules of a practice, sensible or not. */
export const anyPolicy: fc.Arbitrary<OrganisationPolicy> = fc
  .record({
    allowedFactors: methods,
    defaultFactors: methods,
    secondaryFactors: methods,
    secondaryRequired: fc.boolean(),
    phishingResistantRequired: fc.boolean(),
    requireAlternativeToSms: fc.boolean(),
    enforced: fc.boolean(),
    coversPatients: fc.boolean(),
    smsCountries: fc.uniqueArray(fc.constantFrom('GB', 'IE', 'US')),
    userVerification: fc.constantFrom('required', 'preferred'),
    recoveryCodes: fc.constantFrom(
      { kind: 'list', count: 10 },
      { kind: 'list', count: 8 },
      { kind: 'single', count: 1 },
      { kind: 'none', count: 0 },
    ),
    freshFactorServes: fc.boolean(),
    resetsBy: fc.uniqueArray(fc.constantFrom('administrator', 'support')),
    resetApproval: fc.boolean(),
    genericAccounts: fc.constantFrom('allowed', 'refused'),
    genericNames: fc.uniqueArray(fc.constantFrom('reception', 'admin')),
    session: fc.record({ absolute: fc.constantFrom(600, 10_800), idle: fc.constantFrom(60, 900) }),
    reauthenticateAfter: fc.record({ enrolling: fc.constantFrom(0, 300), revoking: fc.constantFrom(0, 300) }),
  } satisfies { [Key in keyof Policy]?: fc.Arbitrary<Policy[Key]> })
  .map((policy) => under(policy));

export const anyPolicies = fc.array(anyPolicy, { minLength: 1, maxLength: 3 });

export const anyHoldings: fc.Arbitrary<Holdings> = fc
  .record({ types: methods, codes: fc.boolean(), setUpOpen: fc.boolean() })
  .map(({ types, codes, setUpOpen }) => ({
    factors: types.map(method),
    recoveryCodes: codes ? method('recovery-code') : null,
    setUpOpen,
  }));

export const anyProven: fc.Arbitrary<readonly FactorType[]> = fc.uniqueArray(fc.constantFrom(...all));
