import { presets, type Policy } from '@cofactor/contracts';
import { effectOf, type Ruled } from './forecast';
import { all, holding, lostAll, nothing, under } from './test-people';

const ruled = (policy: Partial<Policy>, refused = false): Ruled => ({ policies: [under(policy)], refused });
const now = ruled({});
const enforced = ruled({ enforced: true });
const effect = (after: Ruled, holds = nothing, before = now) => effectOf(before, after, holds, { built: all });
const none = { setUp: false, loses: [], lockedOut: false };

describe('BX4 what a change of the rules does to one person', () => {
  it('HC8 who holds nothing is asked to set up once it is enforced', () => {
    expect(effect(enforced)).toEqual({ ...none, setUp: true });
    expect(effect(now)).toEqual(none);
  });

  it('who has a complete set-up is left alone; who lacks the secondary method is not', () => {
    expect(effect(enforced, holding('totp', 'email'))).toEqual(none);
    expect(effect(enforced, holding('totp'))).toEqual({ ...none, setUp: true });
  });

  it('who holds a method that goes loses it, and goes on with the other', () => {
    expect(effect(ruled({ allowedFactors: ['totp'] }), holding('totp', 'sms'))).toEqual({ ...none, loses: ['sms'] });
  });

  it('who holds nothing else keeps it for the way in, and sets up another', () => {
    const appOnly = ruled({ enforced: true, allowedFactors: ['totp'], secondaryRequired: false });
    expect(effect(appOnly, holding('sms'))).toEqual({ ...none, setUp: true });
  });

  it('who has recovery codes loses them where the practice gives them up', () => {
    const without = ruled({ recoveryCodes: { kind: 'none', count: 0 } });
    expect(effect(without, holding('totp', 'recovery-code'))).toEqual({ ...none, loses: ['recovery-code'] });
  });

  it('AX6 who shares an account is locked out where a set-up is asked for and refused', () => {
    expect(effect(ruled({ enforced: true, genericAccounts: 'refused' }, true))).toEqual({ ...none, lockedOut: true });
    expect(effect(ruled({ genericAccounts: 'refused' }, true))).toEqual(none);
    expect(effect(ruled({ enforced: true }, true), holding('totp', 'email'))).toEqual(none);
  });

  it('who is out today is not locked out by the change', () => {
    expect(effect(enforced, lostAll)).toEqual(none);
    const refusedToday = ruled({ enforced: true }, true);
    expect(effect(refusedToday, nothing, refusedToday)).toEqual(none);
  });

  it('who is a member elsewhere keeps what counts there', () => {
    const elsewhere = under(presets.accurx, 'practice-2');
    const before: Ruled = { policies: [under({}), elsewhere], refused: false };
    const after: Ruled = { policies: [under({ allowedFactors: ['totp'] }), elsewhere], refused: false };
    expect(effect(after, holding('totp', 'sms'), before)).toEqual(none);
  });
});
