import type { FactorEnrollmentEvent, FactorRole, FactorType } from '@cofactor/contracts';
import { evolveWith } from '@cofactor/event-sourcing';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import fc from 'fast-check';
import { factorSet, type FactorSetCommand } from './factor-set.decider';
import {
  aConfirmation,
  after,
  aPolicy,
  byPassword,
  byTwoFactors,
  codesIssued,
  codesRevoked,
  enrolled,
  refused,
  revoked,
  rolesChanged,
  start,
  started,
} from './factor-set.fixture';

const { given } = storyOf(factorSet, start);

const starting = (differing: object = {}): FactorSetCommand => ({
  kind: 'start-enrolment',
  enrolmentId: 'enrolment-app',
  credentialId: 'app',
  type: 'totp',
  name: 'Authenticator app',
  hint: 'Authenticator app',
  expiresAt: after(900),
  assurance: byPassword,
  ...differing,
});

const revoking = (credentialId: string, differing: object = {}): FactorSetCommand => ({
  kind: 'revoke-factor',
  credentialId,
  policies: [aPolicy()],
  assurance: byTwoFactors,
  ...differing,
});

const app = [started(), enrolled()];
const phone = [started('phone', 'sms', 'Phone'), enrolled('phone', 'secondary', 'sms', 'Phone')];

describe('starting a set-up', () => {
  it('is a fact, and counts as nothing (authentik #2330)', () => {
    given([]).when(starting()).then([started()]);
    expect(given([started()]).state).toMatchObject({ factors: [], recoveryCodes: null, setUpOpen: true });
  });

  it('of a second app gets a name of its own', () => {
    given(app)
      .when(starting({ enrolmentId: 'enrolment-second', credentialId: 'second', assurance: byTwoFactors }))
      .then([started('second', 'totp', 'Authenticator app 2')]);
  });

  it('keeps the hint of a factor that has one', () => {
    const command = starting({ credentialId: 'phone', type: 'sms', name: 'Phone', hint: '•••• 123' });
    expect(factorSet.decide(given([]).state, command)[0]?.data).toMatchObject({ name: 'Phone', hint: '•••• 123' });
  });

  it('R5, §6.2: by a password alone is refused where a factor is held', () => {
    given(app)
      .when(starting({ assurance: byPassword }))
      .thenRefused('second-factor-required');
    given(app)
      .when(starting({ assurance: null }))
      .thenRefused('second-factor-required');
  });
});

describe('confirming a set-up', () => {
  it('with the right code adds the factor as the default, and gives recovery codes with it', () => {
    given([started()]).when(aConfirmation()).then([enrolled(), codesIssued()]);
  });

  it('gives none where the policy gives none, or where there are some', () => {
    given([started()])
      .when(aConfirmation({ recoveryCodes: null }))
      .then([enrolled()]);
    given([...app, codesIssued(), started('second')])
      .when(aConfirmation({ enrolmentId: 'enrolment-second', assurance: byTwoFactors }))
      .then([enrolled('second', null, 'totp', 'Authenticator app 2')]);
  });

  it('makes the first factor of another type the secondary method', () => {
    given([...app, started('phone', 'sms', 'Phone')])
      .when(aConfirmation({ enrolmentId: 'enrolment-phone', type: 'sms', assurance: byTwoFactors }))
      .then([enrolled('phone', 'secondary', 'sms', 'Phone')]);
  });

  it('with a wrong code is refused and leaves it open for five tries', () => {
    const wrong = (times: number) => [started(), ...Array.from({ length: times }, () => refused())];
    given(wrong(4))
      .when(aConfirmation({ evidence: null }))
      .then([refused()]);
    given(wrong(4)).when(aConfirmation()).then([enrolled(), codesIssued()]);
    given(wrong(5))
      .when(aConfirmation())
      .then([refused('too-many-attempts')]);
  });

  it('is too late after its time, with the right code too', () => {
    given([started()])
      .when(aConfirmation({ now: after(899.999) }))
      .then([enrolled(), codesIssued()]);
    given([started()])
      .when(aConfirmation({ now: after(900) }))
      .then([refused('expired')]);
    given([started()])
      .when(aConfirmation({ evidence: 'gone' }))
      .then([refused('expired')]);
  });

  it('works once', () => {
    given(app)
      .when(aConfirmation({ assurance: byTwoFactors }))
      .thenRefused('enrolment-closed');
  });

  it('of a set-up that is unknown, or of another type, is not found', () => {
    given([]).when(aConfirmation()).thenRefused('not-found');
    given([started()])
      .when(aConfirmation({ type: 'sms' }))
      .thenRefused('not-found');
  });

  it('R5: of one that was started before another sign-in added a factor needs that factor', () => {
    given([started('stranger'), ...app])
      .when(aConfirmation({ enrolmentId: 'enrolment-stranger', assurance: byPassword }))
      .thenRefused('second-factor-required');
  });
});

describe('removing a factor', () => {
  it('takes the recovery codes along with the last one, and opens a new set-up (§6.2)', () => {
    const story = given([...app, codesIssued()]);
    story.when(revoking('app')).then([revoked(), codesRevoked()]);
    expect(given([...app, codesIssued(), revoked(), codesRevoked()]).state).toMatchObject({
      factors: [],
      recoveryCodes: null,
      setUpOpen: true,
    });
  });

  it('keeps the recovery codes while another factor is left, and the set-up closed (§6.2)', () => {
    expect(given([...app, ...phone, codesIssued(), revoked()]).state).toMatchObject({
      recoveryCodes: { credentialId: 'codes' },
      setUpOpen: false,
    });
  });

  it('§6.2: a last factor that goes for another reason opens nothing', () => {
    const replaced: FactorEnrollmentEvent = {
      type: 'factor.revoked',
      data: { credentialId: 'app', type: 'totp', name: 'App', hint: 'App', reason: 'replaced' },
    };
    expect(given([...app, replaced]).state).toMatchObject({ factors: [], setUpOpen: false });
    given([...app, replaced])
      .when(starting())
      .thenRefused('second-factor-required');
  });

  it('makes the secondary method the default', () => {
    given([...app, ...phone])
      .when(revoking('app'))
      .then([revoked(), rolesChanged('phone', null)]);
  });

  it('that had no role changes nobody’s', () => {
    given([...app, started('second'), enrolled('second', null)])
      .when(revoking('second'))
      .then([revoked('second')]);
  });

  it('by a password alone is refused (R5)', () => {
    given(app)
      .when(revoking('app', { assurance: byPassword }))
      .thenRefused('second-factor-required');
  });

  it('that is not held, or was removed before, is not found', () => {
    given(app).when(revoking('phone')).thenRefused('not-found');
    given([...app, revoked()])
      .when(revoking('app'))
      .thenRefused('not-found');
  });

  it('HC8, all factors deleted in spite of the policy (authentik #16209): refused where it is enforced', () => {
    const enforced = aPolicy({ enforced: true });
    given([...app, codesIssued()])
      .when(revoking('app', { policies: [aPolicy({}, 'other'), enforced] }))
      .thenRefused('policy-needs-factor');
    given([...app, codesIssued(), started('second'), enrolled('second', null)])
      .when(revoking('app', { policies: [enforced] }))
      .then([revoked(), rolesChanged('second', null)]);
  });

  it('HC4: drops below a policy that needs a secondary method only where it is not enforced', () => {
    const both = [...app, ...phone, codesIssued()];
    const needsSecondary = { secondaryRequired: true };
    given(both)
      .when(revoking('phone', { policies: [aPolicy({ ...needsSecondary, enforced: true })] }))
      .thenRefused('policy-needs-factor');
    given(both)
      .when(revoking('phone', { policies: [aPolicy(needsSecondary)] }))
      .then([revoked('phone', 'sms', 'Phone')]);
  });
});

describe('the roles', () => {
  const roles = (first: string, second: string | null): FactorSetCommand => ({
    kind: 'change-roles',
    default: first,
    secondary: second,
  });
  const both = [...app, ...phone];

  it('change places', () => {
    given(both)
      .when(roles('phone', 'app'))
      .then([rolesChanged('phone', 'app')]);
    expect(given([...both, rolesChanged('phone', 'app')]).state.factors.map(({ role }) => role)).toEqual([
      'secondary',
      'default',
    ]);
  });

  it('that are so already are no fact', () => {
    given(both).when(roles('app', 'phone')).then([]);
  });

  it('need two different factors that are held, of two types (BX6)', () => {
    given(both).when(roles('app', 'app')).thenRefused('roles-not-possible');
    given(both).when(roles('nothing', 'app')).thenRefused('roles-not-possible');
    given(both).when(roles('app', 'nothing')).thenRefused('roles-not-possible');
    given([...app, started('second'), enrolled('second', null)])
      .when(roles('app', 'second'))
      .thenRefused('roles-not-possible');
  });
});

describe('new recovery codes', () => {
  const issuing = (differing: object = {}): FactorSetCommand => ({
    kind: 'issue-recovery-codes',
    credentialId: 'new-codes',
    count: 10,
    assurance: byTwoFactors,
    ...differing,
  });

  it('HT4: kill the old ones by the same fact', () => {
    given([...app, codesIssued()])
      .when(issuing())
      .then([codesIssued('new-codes', 'codes')]);
  });

  it('need a factor beside them, and proof of it (R5)', () => {
    given([]).when(issuing()).thenRefused('factor-not-allowed');
    given(app)
      .when(issuing({ assurance: byPassword }))
      .thenRefused('second-factor-required');
  });
});

describe('over any history', () => {
  const ids = fc.constantFrom('a', 'b', 'c', 'd');
  const types = { a: 'totp', b: 'totp', c: 'sms', d: 'email' } as const;
  const commands: fc.Arbitrary<FactorSetCommand> = fc.oneof(
    ids.map((id) => starting({ enrolmentId: `e-${id}`, credentialId: id, type: types[id], assurance: byTwoFactors })),
    ids.map((id) => aConfirmation({ enrolmentId: `e-${id}`, type: types[id], assurance: byTwoFactors })),
    ids.map((id) => revoking(id)),
    fc.tuple(ids, ids).map(([first, second]) => ({ kind: 'change-roles', default: first, secondary: second }) as const),
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

  it('only the newest set-ups are kept', () => {
    const many = Array.from({ length: 100 }, (_, index) => started(`${index}`));
    expect(given(many).state.enrolments.map(({ credentialId }) => credentialId)).toEqual(
      Array.from({ length: 10 }, (_, index) => `${index + 90}`),
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
