import { presets } from '@cofactor/contracts';
import { mayRemove } from './removal';
import { strictest } from './merge';
import { operatorPolicy } from './operator-policy';
import { passwordOnly, requirements } from './requirements';
import { rulingPolicies, type PersonFlags, type Standing } from './ruling-policies';
import { all, holding, nothing, under } from './test-people';

const built = { built: all };
const nobodySpecial: PersonFlags = { isOperator: false, isSupport: false, secondFactorRequired: false };
const operator: PersonFlags = { ...nobodySpecial, isOperator: true };
const lax: Standing = { policy: under({}), roles: ['administrator'] };
const strict: Standing = { policy: under({ enforced: true }), roles: ['member'] };
const nextOf = (standings: readonly Standing[], flags: PersonFlags, holds = nothing) =>
  requirements(rulingPolicies(standings, flags), holds, passwordOnly, built).step;

describe('an operator', () => {
  it.each([
    ['without a practice', []],
    ['of a practice that enforces nothing', [lax]],
  ])('%s sets up a second factor before anything else', (_whose, practices) => {
    const needed = requirements(rulingPolicies(practices, operator), nothing, passwordOnly, built);
    expect(needed).toMatchObject({ step: 'set-up', missing: ['default'] });
  });

  it('who holds one proves it, and cannot remove the last', () => {
    const policies = rulingPolicies([lax], operator);
    const theApp = holding('totp');
    expect(requirements(policies, theApp, passwordOnly, built)).toMatchObject({ step: 'second-factor' });
    expect(requirements(policies, theApp, { ...passwordOnly, proven: ['totp'] }, built)).toEqual({ step: 'completed' });
    expect(mayRemove(policies, theApp, nothing, built).may).toBe(false);
    expect(mayRemove(rulingPolicies([lax], nobodySpecial), theApp, nothing, built).may).toBe(true);
  });

  it('is signed out after a quarter of an hour without use, whatever the practice allows', () => {
    expect(strictest(rulingPolicies([lax], operator)).session).toEqual({ absolute: 10_800, idle: 900 });
  });
});

describe('someone without a practice', () => {
  it('is held to the operator’s policy: the strictest of none is not none', () => {
    expect(rulingPolicies([], nobodySpecial)).toEqual([operatorPolicy]);
  });

  it('who is no operator, and has a practice, lives under that alone', () => {
    expect(rulingPolicies([lax], nobodySpecial)).toEqual([lax.policy]);
  });
});

describe('HE3 enforcement', () => {
  it('is for staff in every role', () => {
    for (const role of ['member', 'administrator', 'analyst'] as const) {
      expect(nextOf([{ ...strict, roles: [role] }], nobodySpecial)).toBe('set-up');
    }
  });

  it('leaves patients out, unless the practice covers them', () => {
    const patient: Standing = { ...strict, roles: ['patient'] };
    const covered: Standing = { policy: under({ enforced: true, coversPatients: true }), roles: ['patient'] };
    expect(nextOf([patient], nobodySpecial)).toBe('completed');
    expect(nextOf([covered], nobodySpecial)).toBe('set-up');
    expect(nextOf([patient], nobodySpecial, holding('totp'))).toBe('second-factor');
  });

  it('holds for a patient who is also staff', () => {
    expect(nextOf([{ ...strict, roles: ['patient', 'member'] }], nobodySpecial)).toBe('set-up');
  });

  it('of a practice where one is a patient does not come with another where one is staff', () => {
    const elsewhere: Standing = { policy: under(presets.healthie, 'practice-2'), roles: ['member'] };
    expect(nextOf([{ ...strict, roles: ['patient'] }, elsewhere], nobodySpecial)).toBe('completed');
  });

  it('is switched on for one person by the operator, patient or not', () => {
    const flagged: PersonFlags = { ...nobodySpecial, secondFactorRequired: true };
    expect(nextOf([lax], flagged)).toBe('set-up');
    expect(nextOf([{ ...lax, roles: ['patient'] }], flagged)).toBe('set-up');
  });
});
