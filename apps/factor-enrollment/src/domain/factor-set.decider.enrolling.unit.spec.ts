import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { factorSet } from './factor-set.decider';
import {
  aConfirmation,
  after,
  byPassword,
  byTwoFactors,
  codesIssued,
  enrolled,
  refused,
  start,
  started,
  starting,
} from './factor-set.fixture';

const { given } = storyOf(factorSet, start);

const app = [started(), enrolled()];

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

const ten = Array.from({ length: 10 }, (_, index) => started(`app-${index}`));
const eleventh = { enrolmentId: 'enrolment-eleventh', credentialId: 'eleventh' };

describe('ten open set-ups', () => {
  it('let no eleventh in, which hears how long to wait, and none of them is pushed out', () => {
    given(ten)
      .when(starting({ ...eleventh, now: after(60.5) }))
      .thenRefused('too-many-set-ups', { retryAfter: 840 });
    given(ten)
      .when(aConfirmation({ enrolmentId: 'enrolment-app-0', recoveryCodes: null }))
      .then([enrolled('app-0')]);
  });

  it('make room when one is finished, is out of tries, or has expired', () => {
    const outOfTries = Array.from({ length: 5 }, () => refused('wrong', 'app-0'));
    given([...ten, ...outOfTries])
      .when(starting({ ...eleventh, now: after(60) }))
      .then([started('eleventh')]);
    given([...ten, enrolled('app-0')])
      .when(starting({ ...eleventh, now: after(60), assurance: byTwoFactors }))
      .then([started('eleventh', 'totp', 'Authenticator app 2')]);
    given(ten)
      .when(starting({ ...eleventh, now: after(900), expiresAt: after(900) }))
      .then([started('eleventh')]);
  });

  it('push out the oldest of those that are over, so that the state stays small', () => {
    const over = Array.from({ length: 30 }, (_, index) => [started(`old-${index}`), enrolled(`old-${index}`)]).flat();
    const { enrolments } = given([...over, ...ten]).state;
    expect(enrolments.map(({ credentialId }) => credentialId)).toEqual([
      ...Array.from({ length: 10 }, (_, index) => `old-${20 + index}`),
      ...ten.map((_, index) => `app-${index}`),
    ]);
  });
});

describe('twenty factors', () => {
  const held = (count: number) =>
    Array.from({ length: count }, (_, index) => enrolled(`held-${index}`, index === 0 ? 'default' : null));

  it('are as many as a person can have: no other is started', () => {
    given(held(19))
      .when(starting({ assurance: byTwoFactors }))
      .then([started('app', 'totp', 'Authenticator app 2')]);
    given(held(20))
      .when(starting({ assurance: byTwoFactors }))
      .thenRefused('too-many-factors');
  });

  it('nor confirmed that was started before', () => {
    given([started(), ...held(20)])
      .when(aConfirmation({ assurance: byTwoFactors }))
      .thenRefused('too-many-factors');
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

  it('is too late by a clock that was moved back, beyond the skew of replicas (§6.11)', () => {
    given([started()])
      .when(aConfirmation({ now: after(-5) }))
      .then([enrolled(), codesIssued()]);
    given([started()])
      .when(aConfirmation({ now: after(-5.001) }))
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

  it('R5: is for the session or sign-in that started it: for another of the same person there is no such set-up', () => {
    const elsewhere = { authority: { kind: 'session', id: 'session-2' } } as const;
    given([started()]).when(aConfirmation(elsewhere)).thenRefused('not-found');
    const again = {
      enrolmentId: 'enrolment-app',
      type: 'totp',
      now: after(60),
      assurance: byPassword,
      ...elsewhere,
    } as const;
    given([started()])
      .when({ kind: 'resend-code', ...again })
      .thenRefused('not-found');
  });

  it('R5: of one that was started before another sign-in added a factor needs that factor', () => {
    given([started('stranger'), ...app])
      .when(aConfirmation({ enrolmentId: 'enrolment-stranger', assurance: byPassword }))
      .thenRefused('second-factor-required');
  });
});

describe('what somebody else has set up', () => {
  const heldBySeveral = (credentialId: string) => ({
    type: 'factor.held-by-several' as const,
    data: { credentialId, type: 'totp' as const, personIds: ['amara'] },
  });

  it('AX6: is noticed where several may have it', () => {
    given([started()])
      .when(aConfirmation({ recoveryCodes: null, alsoHeldBy: ['amara'] }))
      .then([enrolled(), heldBySeveral('app')]);
  });

  it('R17: is refused as taken where one alone may, which costs none of the five tries', () => {
    const taken = aConfirmation({ evidence: 'taken', alsoHeldBy: ['amara'] });
    given([started()])
      .when(taken)
      .then([refused('taken'), heldBySeveral('app')]);
    given([started()])
      .when(aConfirmation({ evidence: 'taken' }))
      .then([refused('taken')]);
    given([started(), ...Array.from({ length: 5 }, () => refused('taken'))])
      .when(aConfirmation({ recoveryCodes: null }))
      .then([enrolled()]);
  });
});
