import type { FactorEnrollmentEvent } from '@cofactor/contracts';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { factorSet } from './factor-set.decider';
import { aConfirmation, after, aPolicy, codesIssued, enrolled, start, started, starting } from './factor-set.fixture';
import type { DecideReset, RequestReset } from './resets';

const { given } = storyOf(factorSet, start);

const whose = { resetId: 'reset-1', personId: 'sam', requestedBy: 'amara', reason: 'administrator-request' } as const;
const requesting: RequestReset = {
  kind: 'request-reset',
  ...whose,
  explanation: 'sealed',
  policies: [aPolicy()],
  now: start,
};
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
});

describe('BX5: a reset where one of the practices asks for four eyes', () => {
  const fourEyes = [aPolicy(), aPolicy({ resetApproval: true }, 'practice-2')];
  const asking: RequestReset = { ...requesting, policies: fourEyes };
  const approval = { kind: 'needed' as const, organisationIds: ['practice-2'], expiresAt: after(86_400) };
  const waiting = (differing: object = {}): FactorEnrollmentEvent => ({
    type: 'reset.requested',
    data: { ...whose, explanation: 'sealed', approval, ...differing },
  });
  const deciding = (differing: Partial<DecideReset> = {}): DecideReset => ({
    kind: 'approve-reset',
    resetId: 'reset-1',
    decidedBy: 'lee',
    organisationId: 'practice-2',
    now: after(60),
    ...differing,
  });
  const { resetId, personId, requestedBy } = whose;
  const of = { resetId, personId, requestedBy };
  const approved: FactorEnrollmentEvent = { type: 'reset.approved', data: { ...of, approvedBy: 'lee' } };
  const rejected: FactorEnrollmentEvent = { type: 'reset.rejected', data: { ...of, rejectedBy: 'lee' } };
  const expired: FactorEnrollmentEvent = { type: 'reset.expired', data: of };
  const done: FactorEnrollmentEvent = {
    type: 'reset.done',
    data: { ...whose, approvedBy: 'lee' },
  };
  const clearedAfter = [...cleared.slice(0, 2), done];

  it('waits for that practice, for 24 hours, and clears nothing', () => {
    given(held).when(asking).then([waiting()]);
    given([...held, waiting()])
      .when(completing)
      .then([]);
  });

  it('is one, however often and by whomever it is asked for', () => {
    given([...held, waiting()])
      .when({ ...asking, resetId: 'reset-2', requestedBy: 'lee' })
      .then([]);
  });

  it('is approved by another administrator of that practice, and then clears', () => {
    given([...held, waiting()])
      .when(deciding())
      .then([approved]);
    given([...held, waiting(), approved])
      .when(completing)
      .then(clearedAfter);
    expect(given([...held, waiting(), approved]).state).toMatchObject({ factors: [{ credentialId: 'app' }] });
  });

  it.each([
    ['whoever asked', 'amara'],
    ['the person concerned', 'sam'],
  ])('is decided neither way by %s', (_who, decidedBy) => {
    given([...held, waiting()])
      .when(deciding({ decidedBy }))
      .thenRefused('not-allowed');
    given([...held, waiting()])
      .when(deciding({ decidedBy, kind: 'refuse-reset' }))
      .thenRefused('not-allowed');
  });

  it('is nothing to practices that did not ask, and to support where it did not ask for it', () => {
    given([...held, waiting()])
      .when(deciding({ organisationId: 'practice-1' }))
      .thenRefused('not-found');
    given([...held, waiting()])
      .when(deciding({ organisationId: null }))
      .thenRefused('not-found');
    given([...held, waiting()])
      .when(deciding({ resetId: 'another' }))
      .thenRefused('not-found');
  });

  it('AX5: of support is decided on by another of support, or by an administrator', () => {
    const bySupport = waiting({ reason: 'support-request', requestedBy: 'kit' });
    const agreed = (by: string): FactorEnrollmentEvent => ({
      type: 'reset.approved',
      data: { ...of, requestedBy: 'kit', approvedBy: by },
    });
    given([...held, bySupport])
      .when(deciding({ organisationId: null, decidedBy: 'robin' }))
      .then([agreed('robin')]);
    given([...held, bySupport])
      .when(deciding())
      .then([agreed('lee')]);
    given([...held, bySupport])
      .when(deciding({ organisationId: null, decidedBy: 'kit' }))
      .thenRefused('not-allowed');
  });

  it('ends with a refusal, and can be asked for anew', () => {
    given([...held, waiting()])
      .when(deciding({ kind: 'refuse-reset' }))
      .then([rejected]);
    given([...held, waiting(), rejected])
      .when(completing)
      .then([]);
    given([...held, waiting(), rejected])
      .when({ ...asking, resetId: 'reset-2' })
      .then([waiting({ resetId: 'reset-2' })]);
  });

  it('that is decided on twice is decided once; the other way comes too late', () => {
    const refusing = deciding({ kind: 'refuse-reset' });
    given([...held, waiting(), approved])
      .when(deciding())
      .then([]);
    given([...held, waiting(), approved])
      .when(refusing)
      .thenRefused('reset-closed');
    given([...held, waiting(), approved, ...clearedAfter])
      .when(deciding())
      .then([]);
    given([...held, waiting(), approved, ...clearedAfter])
      .when(refusing)
      .thenRefused('reset-closed');
    given([...held, waiting(), rejected])
      .when(refusing)
      .then([]);
    given([...held, waiting(), rejected])
      .when(deciding())
      .thenRefused('reset-closed');
  });

  it('expires with its last moment, whoever comes then, and is asked for anew', () => {
    const [last, over] = [after(86_399.999), after(86_400)];
    given([...held, waiting()])
      .when(deciding({ now: last }))
      .then([approved]);
    given([...held, waiting()])
      .when(deciding({ now: over }))
      .then([expired]);
    given([...held, waiting()])
      .when(deciding({ kind: 'refuse-reset', now: over }))
      .then([expired]);
    given([...held, waiting(), expired])
      .when(deciding())
      .thenRefused('reset-closed');
    given([...held, waiting()])
      .when({ kind: 'expire-reset', resetId: 'reset-1', now: last })
      .then([]);
    given([...held, waiting()])
      .when({ kind: 'expire-reset', resetId: 'reset-1', now: over })
      .then([expired]);
    given([...held, waiting(), approved])
      .when({ kind: 'expire-reset', resetId: 'reset-1', now: over })
      .then([]);
    const anew = { ...approval, expiresAt: after(2 * 86_400) };
    given([...held, waiting()])
      .when({ ...asking, resetId: 'reset-2', now: over })
      .then([expired, waiting({ resetId: 'reset-2', approval: anew })]);
  });

  it('§6.6: of one support case is carried out once', () => {
    given([...held, waiting(), approved, ...clearedAfter, started('new'), enrolled('new')])
      .when(asking)
      .then([]);
    given([...held, waiting(), rejected])
      .when(asking)
      .thenRefused('reset-closed');
  });
});
