import { presets, type OrganisationPolicy } from '@cofactor/contracts';
import { operatorPolicy, rulingPolicies } from './operator-policy';
import { mayRemove, requirements, strictest, type Holdings } from './requirements';

const lax: OrganisationPolicy = { organisationId: 'practice-1', version: 1, policy: presets.healthcode };
const nothing: Holdings = { factors: [], recoveryCodes: null, setUpOpen: true };
const app = { credentialId: 'app-1', type: 'totp', hint: 'Authenticator app', role: 'default' } as const;
const theApp: Holdings = { ...nothing, factors: [app] };

describe('an operator', () => {
  it.each([
    ['without a practice', []],
    ['of a practice that enforces nothing', [lax]],
  ])('%s sets up a second factor before anything else', (_whose, practices) => {
    const needed = requirements(rulingPolicies(practices, true), nothing, false, ['totp', 'recovery-code']);
    expect(needed).toMatchObject({ step: 'set-up', missing: ['default'] });
  });

  it('who holds one proves it, and cannot remove the last', () => {
    const policies = rulingPolicies([lax], true);
    expect(requirements(policies, theApp, false, ['totp'])).toMatchObject({ step: 'second-factor' });
    expect(requirements(policies, theApp, true, ['totp'])).toEqual({ step: 'completed' });
    expect(mayRemove(policies, theApp, nothing)).toBe(false);
    expect(mayRemove(rulingPolicies([lax], false), theApp, nothing)).toBe(true);
  });

  it('is signed out after a quarter of an hour without use, whatever the practice allows', () => {
    expect(strictest(rulingPolicies([lax], true)).session).toEqual({ absolute: 10_800, idle: 900 });
  });
});

describe('someone without a practice', () => {
  it('is held to the operator’s policy: the strictest of none is not none', () => {
    expect(rulingPolicies([], false)).toEqual([operatorPolicy]);
  });

  it('who is no operator, and has a practice, lives under that alone', () => {
    expect(rulingPolicies([lax], false)).toEqual([lax]);
  });
});
