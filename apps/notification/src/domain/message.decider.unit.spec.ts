import type { NotificationEvent } from '@cofactor/contracts';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import type { CodeMessage, NoticeMessage } from './message';
import { delayAfter, messageDecider, type Try } from './message.decider';

const { given } = storyOf(messageDecider);

const message: NoticeMessage = {
  messageId: 'message-1',
  personId: 'sam',
  template: 'factor-added',
  channel: 'email',
  about: {
    factId: 'fact-1',
    at: '2026-01-01T00:00:00.000Z',
    by: 'person',
    change: { kind: 'factor', factorType: 'totp', name: 'Work phone' },
  },
};
const { about: _about, ...head } = message;
const requested: NotificationEvent = { type: 'message.requested', data: message };
const sent = (attempt: number): NotificationEvent => ({ type: 'message.sent', data: { ...head, attempt } });
const failed = (
  attempt: number,
  reason: 'provider-unavailable' | 'provider-refused' | 'no-address',
  final: boolean,
  reached: string[] = [],
): NotificationEvent => ({ type: 'message.failed', data: { ...head, attempt, reason, final, reached } });
const unavailable = (tries: number) =>
  Array.from({ length: tries }, (_none, index) => failed(index + 1, 'provider-unavailable', index === 7));
const start = '2026-03-01T09:30:00.000Z';
const after = (seconds: number) => new Date(Date.parse(start) + seconds * 1000).toISOString();
const tried = (result: Try, now = start, reached: readonly string[] = []) =>
  ({ kind: 'record-try', result, reached, now }) as const;

describe('a message', () => {
  it('§6.9: is requested once', () => {
    given([]).when({ kind: 'request', message }).then([requested]);
    given([requested]).when({ kind: 'request', message }).then([]);
    given([requested, sent(1)])
      .when({ kind: 'request', message })
      .then([]);
    given([requested, failed(1, 'no-address', true)])
      .when({ kind: 'request', message })
      .then([]);
  });

  it('is sent when the provider takes it, at whichever try', () => {
    given([requested])
      .when(tried('accepted'))
      .then([sent(1)]);
    given([requested, ...unavailable(3)])
      .when(tried('accepted'))
      .then([sent(4)]);
  });

  it('is tried again while the provider is unavailable, eight times in all', () => {
    given([requested])
      .when(tried('unavailable'))
      .then([failed(1, 'provider-unavailable', false)]);
    given([requested, ...unavailable(6)])
      .when(tried('unavailable'))
      .then([failed(7, 'provider-unavailable', false)]);
    given([requested, ...unavailable(7)])
      .when(tried('unavailable'))
      .then([failed(8, 'provider-unavailable', true)]);
  });

  it('is given up at once when it is refused, or when there is no address', () => {
    given([requested])
      .when(tried('refused'))
      .then([failed(1, 'provider-refused', true)]);
    given([requested])
      .when(tried('no-address'))
      .then([failed(1, 'no-address', true)]);
  });

  it('R6: remembers which addresses have it, so that none is written to again', () => {
    const half = failed(1, 'provider-unavailable', false, ['new-address']);
    given([requested])
      .when(tried('unavailable', start, ['new-address']))
      .then([half]);
    expect(given([requested, half]).state).toMatchObject({ failures: 1, reached: ['new-address'] });
  });

  it('records nothing after its end, such as the late word of a slow try', () => {
    given([requested, sent(1)])
      .when(tried('accepted'))
      .then([]);
    given([requested, ...unavailable(8)])
      .when(tried('unavailable'))
      .then([]);
  });

  it('cannot be tried before it is requested', () => {
    expect(() => messageDecider.decide(messageDecider.initialState, tried('accepted'))).toThrow('requested before');
  });
});

it('the waits between eight tries grow, and make about an hour', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map((failures) => delayAfter(failures, message));
  expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(3_810);
});

describe('a message that brings a code', () => {
  const occasion = { id: 'challenge-1', purpose: 'sign-in', expiresAt: after(600) } as const;
  const code: CodeMessage = { ...head, template: 'code', channel: 'sms', occasion };
  const { occasion: _occasion, ...codeHead } = code;
  const codeRequested: NotificationEvent = { type: 'message.requested', data: code };
  const codeFailed = (
    attempt: number,
    reason: 'provider-unavailable' | 'expired',
    final: boolean,
  ): NotificationEvent => ({
    type: 'message.failed',
    data: { ...codeHead, attempt, reason, final },
  });

  it('is tried again within seconds, and for as long as the code lives', () => {
    expect([1, 2, 3].map((failures) => delayAfter(failures, code))).toEqual([2, 4, 8]);
    given([codeRequested])
      .when(tried('unavailable', after(597)))
      .then([codeFailed(1, 'provider-unavailable', false)]);
    given([codeRequested])
      .when(tried('unavailable', after(598)))
      .then([codeFailed(1, 'provider-unavailable', true)]);
  });

  it('§5: that a ceiling stopped is refused, as a fact that names the ceiling, and can be asked for again', () => {
    const refuse = { kind: 'refuse', message: code, ceiling: 'number' } as const;
    const refusedAt: NotificationEvent = { type: 'message.refused', data: { ...codeHead, ceiling: 'number' } };
    given([]).when(refuse).then([refusedAt]);
    given([refusedAt]).when({ kind: 'request', message: code }).then([codeRequested]);
    given([codeRequested]).when(refuse).then([]);
  });

  it('§6.9: that nobody has in hand any more is over', () => {
    given([codeRequested])
      .when(tried('expired', after(600)))
      .then([codeFailed(1, 'expired', true)]);
  });
});
