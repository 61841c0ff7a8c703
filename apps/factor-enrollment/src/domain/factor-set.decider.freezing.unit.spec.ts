import type { FactorEnrollmentEvent } from '@cofactor/contracts';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { factorSet, type FactorSetCommand } from './factor-set.decider';
import {
  aConfirmation,
  after,
  aPolicy,
  byTwoFactors,
  codesIssued,
  enrolled,
  inSession,
  revoking,
  start,
  started,
  starting,
} from './factor-set.fixture';
import type { FreezeChanges } from './freeze';

const { given } = storyOf(factorSet, start);
const day = 86_400;

const freezing = (differing: Partial<FreezeChanges> = {}): FreezeChanges => ({
  kind: 'freeze-changes',
  personId: 'sam',
  messageId: 'message-1',
  factId: 'fact-1',
  now: start,
  ...differing,
});
const frozen = (messageId = 'message-1', until = after(day)): FactorEnrollmentEvent => ({
  type: 'factor-changes.frozen',
  data: { personId: 'sam', until, messageId, factId: 'fact-1' },
});
const held = [started(), enrolled(), started('phone', 'sms', 'Phone'), enrolled('phone', 'secondary', 'sms', 'Phone')];
const codes = codesIssued();
const reset = { resetId: 'reset-1', personId: 'sam' } as const;
const asked = (
  reason: 'own-request' | 'administrator-request',
  approval: 'needed' | 'not-needed' = 'not-needed',
): FactorEnrollmentEvent => ({
  type: 'reset.requested',
  data: {
    ...reset,
    requestedBy: reason === 'own-request' ? 'sam' : 'amara',
    reason,
    explanation: null,
    approval:
      approval === 'needed'
        ? { kind: 'needed', organisationIds: ['practice-1'], expiresAt: after(day) }
        : { kind: 'not-needed' },
  },
});

describe('HE8: a change that was reported as not one’s own', () => {
  it('freezes what the person holds for 24 hours', () => {
    given([...held, codes])
      .when(freezing())
      .then([frozen()]);
  });

  it('I2: works once for each message, and another one begins the 24 hours anew', () => {
    given([...held, frozen()])
      .when(freezing({ now: after(60) }))
      .thenRefused('link-already-used');
    given([...held, frozen()])
      .when(freezing({ messageId: 'message-2', now: after(60) }))
      .then([frozen('message-2', after(day + 60))]);
  });

  it('I2: works once for as long as its link lives', () => {
    const others = Array.from({ length: 50 }, (_, index) => frozen(`other-${index}`));
    given([...held, frozen(), ...others])
      .when(freezing({ now: after(7 * day) }))
      .thenRefused('link-already-used');
  });

  const own = (now: string): readonly (readonly [string, FactorSetCommand])[] => [
    ['a set-up', starting({ credentialId: 'new', enrolmentId: 'enrolment-new', assurance: byTwoFactors, now })],
    [
      'a code sent again',
      {
        kind: 'resend-code',
        enrolmentId: 'enrolment-open',
        type: 'totp',
        now,
        assurance: byTwoFactors,
        authority: inSession,
      },
    ],
    ['a confirmation', aConfirmation({ enrolmentId: 'enrolment-open', assurance: byTwoFactors, now })],
    ['a removal', revoking('phone', { now })],
    ['other roles', { kind: 'change-roles', now, policies: [aPolicy()], default: 'phone', secondary: 'app' }],
    [
      'new recovery codes',
      { kind: 'issue-recovery-codes', now, credentialId: 'c', count: 10, assurance: byTwoFactors },
    ],
    ['a replaced recovery code', { kind: 'replace-recovery-code', now, used: 'codes', credentialId: 'c', count: 1 }],
    [
      'a reset of one’s own',
      {
        kind: 'request-reset',
        now,
        ...reset,
        requestedBy: 'sam',
        reason: 'own-request',
        explanation: null,
        policies: [],
      },
    ],
  ];

  it.each(own(after(day - 1)))('refuses %s until then', (_what, command) => {
    given([...held, codes, started('open'), frozen()])
      .when(command)
      .thenRefused('factors-frozen');
  });

  it.each(own(after(day)))('refuses %s no longer after it', (_what, command) => {
    const set = given([...held, codes, started('open'), frozen()]).state;
    let code: unknown = null;
    try {
      factorSet.decide(set, command);
    } catch (error) {
      code = (error as { readonly code?: unknown }).code;
    }
    expect(code).not.toBe('factors-frozen');
  });

  it('HE10: lets an administrator reset them, which lifts it: they know who the person is', () => {
    const done: FactorEnrollmentEvent = {
      type: 'reset.done',
      data: { ...reset, requestedBy: 'amara', reason: 'administrator-request', approvedBy: null },
    };
    given([...held, frozen()])
      .when({
        kind: 'request-reset',
        now: after(60),
        ...reset,
        requestedBy: 'amara',
        reason: 'administrator-request',
        explanation: null,
        policies: [aPolicy()],
      })
      .then([asked('administrator-request')]);
    expect(given([...held, frozen(), asked('administrator-request'), done]).state).toMatchObject({
      frozenUntil: null,
      setUpOpen: true,
    });
  });

  describe('is not lifted by whoever made the reset that may have been reported', () => {
    const once: FactorEnrollmentEvent = {
      type: 'reset.done',
      data: { ...reset, requestedBy: 'amara', reason: 'administrator-request', approvedBy: null },
    };
    const again = (requestedBy: string, now: string, resetId = 'reset-2'): FactorSetCommand => ({
      kind: 'request-reset',
      ...{ resetId, personId: 'sam', requestedBy, now },
      reason: 'administrator-request',
      ...{ explanation: null, policies: [aPolicy()] },
    });
    const strangers = [started('new'), enrolled('new')];

    it('while it lasts, whatever was set up after the reset', () => {
      for (const since of [[], strangers]) {
        given([...held, asked('administrator-request'), once, ...since, frozen()])
          .when(again('amara', after(60)))
          .thenRefused('not-allowed');
      }
    });

    it('but is by others, by them when it is over, and the same reset again stays what it was', () => {
      const story = given([...held, asked('administrator-request'), once, ...strangers, frozen()]);
      for (const command of [again('kofi', after(60)), again('amara', after(day))]) {
        expect(factorSet.decide(story.state, command)).toMatchObject([{ type: 'reset.requested' }]);
      }
      story.when(again('amara', after(60), 'reset-1')).then([]);
    });

    it('but is by them where their reset was made more than a day before', () => {
      given([...held, asked('administrator-request'), once, ...strangers, frozen('message-1', after(2 * day + 1))])
        .when(again('amara', after(day + 60)))
        .then([{ type: 'reset.requested', data: expect.objectContaining({ requestedBy: 'amara' }) as never }]);
    });
  });

  it('BX5: takes back a reset that waits for approval, of whoever was talked into it too, and none under way', () => {
    const rejected = (requestedBy: string): FactorEnrollmentEvent => ({
      type: 'reset.rejected',
      data: { ...reset, requestedBy, rejectedBy: 'sam' },
    });
    given([...held, asked('own-request', 'needed')])
      .when(freezing())
      .then([frozen(), rejected('sam')]);
    const byAnother = [...held, asked('administrator-request', 'needed')];
    given(byAnother)
      .when(freezing())
      .then([frozen(), rejected('amara')]);
    given([...byAnother, { type: 'reset.approved', data: { ...reset, requestedBy: 'amara', approvedBy: 'kofi' } }])
      .when(freezing())
      .then([frozen()]);
  });

  it('stays through the end of a reset of one’s own that was under way', () => {
    const done: FactorEnrollmentEvent = {
      type: 'reset.done',
      data: { ...reset, requestedBy: 'sam', reason: 'own-request', approvedBy: null },
    };
    expect(given([...held, asked('own-request'), frozen(), done]).state.frozenUntil).toBe(after(day));
  });
});
