import type { FactorEnrollmentEvent } from '@cofactor/contracts';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { factorSet } from './factor-set.decider';
import { aConfirmation, aPolicy, codesIssued, enrolled, start, started, starting } from './factor-set.fixture';
import type { RequestReset } from './resets';

const { given } = storyOf(factorSet, start);

const whose = { resetId: 'reset-1', personId: 'sam', requestedBy: 'amara', reason: 'administrator-request' } as const;
const requesting: RequestReset = { kind: 'request-reset', ...whose, explanation: 'sealed', policies: [aPolicy()] };
const requested: FactorEnrollmentEvent = {
  type: 'reset.requested',
  data: { ...whose, explanation: 'sealed', approval: { kind: 'not-needed' } },
};
const completing = { kind: 'complete-reset', resetId: 'reset-1' } as const;
const gone = (credentialId: string, type: 'totp' | 'recovery-code', name: string): FactorEnrollmentEvent => ({
  type: 'factor.revoked',
  data: { credentialId, type, name, hint: name, reason: 'reset' },
});
const cleared = [
  gone('app', 'totp', 'Authenticator app'),
  gone('codes', 'recovery-code', 'Recovery codes'),
  { type: 'reset.done', data: { ...whose, approvedBy: null } },
] as const;
const held = [started(), enrolled(), codesIssued()];

describe('a reset', () => {
  it('§6.6: is recorded before anything is cleared', () => {
    given(held).when(requesting).then([requested]);
    expect(given([...held, requested]).state).toMatchObject({ factors: [{ credentialId: 'app' }], setUpOpen: false });
  });

  it('AX4: clears every factor and the recovery codes, and opens the set-up (§6.2)', () => {
    given([...held, requested])
      .when(completing)
      .then(cleared);
    expect(given([...held, requested, ...cleared]).state).toMatchObject({
      factors: [],
      recoveryCodes: null,
      setUpOpen: true,
      reset: null,
    });
  });

  it('§6.6: that is under way is gone on with when it is asked for again, and is done once', () => {
    given([...held, requested])
      .when({ ...requesting, resetId: 'reset-2' })
      .then([]);
    given([...held, requested, ...cleared])
      .when(completing)
      .then([]);
  });

  it('§6.2: closes again with the factor that is set up after it', () => {
    const again = [...held, requested, ...cleared, started('new'), enrolled('new')];
    expect(given(again).state).toMatchObject({ setUpOpen: false });
    given(again)
      .when({ ...starting(), assurance: null })
      .thenRefused('second-factor-required');
  });

  it('leaves no set-up open that was begun before it', () => {
    given([...held, started('thief'), requested, ...cleared])
      .when(aConfirmation({ enrolmentId: 'enrolment-thief' }))
      .thenRefused('not-found');
  });

  it('BX5: is refused to one person alone where one of the practices asks for four eyes', () => {
    given(held)
      .when({ ...requesting, policies: [aPolicy(), aPolicy({ resetApproval: true }, 'practice-2')] })
      .thenRefused('not-allowed');
  });
});
