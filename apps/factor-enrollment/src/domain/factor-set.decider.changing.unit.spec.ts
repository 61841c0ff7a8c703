import type { FactorEnrollmentEvent } from '@cofactor/contracts';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { factorSet, type FactorSetCommand } from './factor-set.decider';
import {
  aConfirmation,
  aPolicy,
  byPassword,
  byTwoFactors,
  codesIssued,
  codesRevoked,
  enrolled,
  revoked,
  rolesChanged,
  start,
  started,
  starting,
  revoking,
} from './factor-set.fixture';
import { roleChanges } from './roles';

const { given } = storyOf(factorSet, start);

const app = [started(), enrolled()];
const phone = [started('phone', 'sms', 'Phone'), enrolled('phone', 'secondary', 'sms', 'Phone')];

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
      .when(revoking('app', { policies: [aPolicy({ ...needsSecondary, enforced: true })] }))
      .thenRefused('policy-needs-factor', {
        detail: 'Add an authenticator app or codes by email first, then remove this one.',
      });
    given(both)
      .when(revoking('phone', { policies: [aPolicy(needsSecondary)] }))
      .then([revoked('phone', 'sms', 'Phone')]);
  });
});

describe('the roles', () => {
  const roles = (first: string, second: string | null): FactorSetCommand => ({
    kind: 'change-roles',
    now: start,
    policies: [aPolicy()],
    default: first,
    secondary: second,
  });
  const both = [...app, ...phone];

  it('change places', () => {
    given(both)
      .when(roles('phone', 'app'))
      .then([rolesChanged('phone', 'app', true)]);
    expect(given([...both, rolesChanged('phone', 'app')]).state.factors.map(({ role }) => role)).toEqual([
      'secondary',
      'default',
    ]);
  });

  it('HC2: email is no default, and says so; it was one only while there was nothing else', () => {
    const mailbox = [started('mailbox', 'email', 'Email'), enrolled('mailbox', 'secondary', 'email', 'Email')];
    given([...app, ...mailbox])
      .when(roles('mailbox', 'app'))
      .thenRefused('roles-not-possible');
    const first = [started('mailbox', 'email', 'Email'), enrolled('mailbox', 'default', 'email', 'Email'), started()];
    given(first)
      .when(aConfirmation({ assurance: byTwoFactors, recoveryCodes: null }))
      .then([enrolled('app', null), rolesChanged('app', 'mailbox')]);
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

  describe('that are offered', () => {
    const mailbox = [started('mailbox', 'email', 'Email'), enrolled('mailbox', null, 'email', 'Email')];
    const second = [started('second'), enrolled('second', null)];
    const offered = (history: readonly FactorEnrollmentEvent[]) =>
      roleChanges(given(history).state.factors, [aPolicy()]).map(
        (change) => `${change.credentialId} as ${change.role}: ${change.default}, ${String(change.secondary)}`,
      );

    it('are none of one method alone, and what two can be where they change places', () => {
      expect(offered(app)).toEqual([]);
      expect(offered(both)).toEqual(['phone as default: phone, app']);
    });

    it('leave out email as the default (HC2), and a second app beside the first (BX6)', () => {
      expect(offered([...app, ...mailbox])).toEqual(['mailbox as secondary: app, mailbox']);
      expect(offered([...both, ...mailbox])).toEqual([
        'phone as default: phone, app',
        'mailbox as secondary: app, mailbox',
      ]);
      expect(offered([...app, ...second])).toEqual(['second as default: second, null']);
      expect(offered([...both, ...second])).toEqual([
        'phone as default: phone, app',
        'second as default: second, phone',
      ]);
    });

    it('are all taken when they are asked for', () => {
      const history = [...both, ...mailbox, ...second];
      const pairs = [
        ['phone', 'app'],
        ['app', 'mailbox'],
        ['second', 'phone'],
      ] as const;
      const changes = roleChanges(given(history).state.factors, [aPolicy()]);
      expect(changes.map((change) => [change.default, change.secondary])).toEqual(pairs);
      for (const [first, beside] of pairs) {
        given(history)
          .when(roles(first, beside))
          .then([rolesChanged(first, beside, true)]);
      }
    });
  });
});

describe('new recovery codes', () => {
  const issuing = (differing: object = {}): FactorSetCommand => ({
    kind: 'issue-recovery-codes',
    now: start,
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
