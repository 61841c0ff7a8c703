import type { FactorEnrollmentEvent, FactorRole, FactorType } from '@cofactor/contracts';
import { evolveWith } from '@cofactor/event-sourcing';
import fc from 'fast-check';
import { factorSet, type FactorSetCommand } from './factor-set.decider';
import { aConfirmation, aPolicy, byTwoFactors, start, starting, revoking } from './factor-set.fixture';

describe('over any history', () => {
  const ids = fc.constantFrom('a', 'b', 'c', 'd');
  const types = { a: 'totp', b: 'totp', c: 'sms', d: 'email' } as const;
  const commands: fc.Arbitrary<FactorSetCommand> = fc.oneof(
    ids.map((id) => starting({ enrolmentId: `e-${id}`, credentialId: id, type: types[id], assurance: byTwoFactors })),
    ids.map((id) => aConfirmation({ enrolmentId: `e-${id}`, type: types[id], assurance: byTwoFactors })),
    ids.map((id) => revoking(id)),
    fc
      .tuple(ids, ids)
      .map(
        ([first, second]) =>
          ({ kind: 'change-roles', now: start, default: first, secondary: second, policies: [aPolicy()] }) as const,
      ),
  );

  it('exactly one factor is the default, at most one of another type is secondary; no factor, no codes', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 40 }), (history) => {
        let set = factorSet.initialState;
        for (const command of history) {
          const events = decided(() => factorSet.decide(set, command));
          set = evolveWith(
            factorSet,
            set,
            events.map((event) => ({ event, at: start })),
          );
          const typesIn = (wanted: FactorRole): FactorType[] =>
            set.factors.filter(({ role }) => role === wanted).map(({ type }) => type);
          const [first, second] = [typesIn('default'), typesIn('secondary')];
          expect(first).toHaveLength(Math.min(1, set.factors.length));
          expect(second).toHaveLength(new Set(set.factors.map(({ type }) => type)).size > 1 ? 1 : 0);
          expect(second).not.toEqual(set.factors.length > 0 ? first : null);
          if (set.factors.length === 0) expect(set.recoveryCodes).toBeNull();
          expect(set.setUpOpen).toBe(set.factors.length === 0);
        }
      }),
    );
  });

  function decided(decide: () => readonly FactorEnrollmentEvent[]): readonly FactorEnrollmentEvent[] {
    try {
      return decide();
    } catch {
      return [];
    }
  }
});
