import { methodTypeSchema, presets } from '@cofactor/contracts';
import { channelOf, countsBeside } from './channels';
import { mayRemove } from './removal';
import { mayHaveRole, rolesArePossible } from './roles';
import { setUpOf } from './set-up';
import { all, holding, lostAll, nothing, under } from './test-people';

const built = { built: all };

describe('a set-up', () => {
  it('HC4 with the app alone misses the secondary method, and recovery codes until they are issued', () => {
    expect(setUpOf([under({})], holding('totp', 'recovery-code'))).toEqual({ complete: false, missing: ['secondary'] });
    expect(setUpOf([under({})], holding('totp')).missing).toEqual(['secondary', 'recovery-codes']);
  });

  it('HC2 HC4 is complete with a secondary method beside the default', () => {
    for (const secondary of ['sms', 'email'] as const) {
      expect(setUpOf([under({})], holding('totp', secondary, 'recovery-code')).complete).toBe(true);
    }
  });

  it('HC4 recovery codes are no secondary method; a factor that the policy does not allow is none either', () => {
    const smsOnly = under({ allowedFactors: ['sms'], defaultFactors: ['sms'], secondaryFactors: ['sms'] });
    expect(setUpOf([smsOnly], holding('totp', 'recovery-code')).missing).toEqual(['default', 'secondary']);
  });

  it('BX6 two of a kind are no two methods', () => {
    const twoNumbers = { ...holding('sms', 'recovery-code') };
    const [number] = twoNumbers.factors;
    const both = { ...twoNumbers, factors: number ? [number, { ...number, credentialId: 'another' }] : [] };
    expect(setUpOf([under({})], both).missing).toEqual(['secondary']);
  });

  it('is complete where no secondary is asked for', () => {
    const lax = under({ secondaryRequired: false });
    expect(setUpOf([lax], holding('totp', 'recovery-code'))).toEqual({ complete: true, missing: [] });
  });

  it('§5 is complete only when every practice is met', () => {
    const both = [under(presets.hipaatherapy), under({})];
    expect(setUpOf(both, holding('webauthn', 'recovery-code')).missing).toEqual(['default', 'secondary']);
    expect(setUpOf(both, holding('webauthn', 'totp', 'email', 'recovery-code')).complete).toBe(true);
  });
});

describe('removing a factor', () => {
  it('HC8 is refused while the practice enforces it, and says what to add first; HC9 it is free otherwise', () => {
    const before = holding('totp', 'email');
    const enforcing = [under({ enforced: true })];
    expect(mayRemove(enforcing, before, holding('totp'), built)).toEqual({
      may: false,
      missing: ['secondary'],
      addFirst: ['sms', 'email'],
    });
    expect(mayRemove([under({})], before, holding('totp'), built)).toEqual({ may: true });
    expect(mayRemove([under({})], holding('totp'), nothing, built)).toEqual({ may: true });
  });

  it('HC8 is refused for the default too; another of a role that it can have helps', () => {
    const refused = mayRemove([under({ enforced: true })], holding('totp', 'email'), holding('email'), built);
    expect(refused).toEqual({ may: false, missing: ['default', 'secondary'], addFirst: ['totp', 'sms'] });
  });

  it('is not refused for something that was missing before', () => {
    const [app] = holding('totp').factors;
    const two = { ...holding('totp'), factors: app ? [app, { ...app, credentialId: 'another' }] : [] };
    expect(mayRemove([under({ enforced: true })], two, holding('totp'), built)).toEqual({ may: true });
  });

  it('HT5 of the last passkey is refused where it is enforced', () => {
    const passkeys = under({ ...presets.hipaatherapy, enforced: true });
    expect(mayRemove([passkeys], holding('webauthn'), nothing, built).may).toBe(false);
    expect(mayRemove([under(presets.hipaatherapy)], holding('webauthn'), nothing, built).may).toBe(true);
  });

  it('is refused where nobody could sign in afterwards', () => {
    expect(mayRemove([under({})], holding('totp'), lostAll, built).may).toBe(false);
  });
});

describe('roles', () => {
  it('HC1 HC2 email can be secondary only, app and text message either', () => {
    const roles = methodTypeSchema.options.map((type) => [
      type,
      mayHaveRole([under({})], 'default', type),
      mayHaveRole([under({})], 'secondary', type),
    ]);
    expect(roles).toEqual([
      ['totp', true, true],
      ['sms', true, true],
      ['email', false, true],
      ['webauthn', false, false],
    ]);
  });

  it('BX6 stand at different places', () => {
    expect(rolesArePossible([under({})], 'totp', 'email')).toBe(true);
    expect(rolesArePossible([under({})], 'email', 'totp')).toBe(false);
    expect(rolesArePossible([under({})], 'sms', 'sms')).toBe(false);
    expect(rolesArePossible([under({})], 'sms', null)).toBe(true);
  });

  it('are open to a method that is not allowed any more in none', () => {
    const only = [under({ allowedFactors: ['sms'] })];
    expect(mayHaveRole(only, 'default', 'totp')).toBe(false);
  });
});

describe('BX6 distinct channels', () => {
  it('all numbers are one; a link by email and a code by email are one; all else differs', () => {
    expect(channelOf('sms')).toBe('phone');
    expect(channelOf('email')).toBe(channelOf('email-link'));
    expect(new Set(all.map((type) => channelOf(type))).size).toBe(all.length);
  });

  it('a factor counts beside a first factor at another place', () => {
    expect(all.filter((type) => countsBeside('email-link', type))).toEqual([
      'totp',
      'sms',
      'webauthn',
      'recovery-code',
    ]);
    expect(all.filter((type) => countsBeside('password', type))).toEqual(all);
  });
});
