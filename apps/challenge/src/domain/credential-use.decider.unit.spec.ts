import type { ChallengeEvent } from '@cofactor/contracts';
import { evolveWith } from '@cofactor/event-sourcing';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { evidenceOf } from '@cofactor/factors';
import fc from 'fast-check';
import { credentialUse } from './credential-use.decider';
import {
  aChallenge,
  after,
  anAnswer,
  disabled,
  issued,
  ofRecoveryCodes,
  passed,
  refused,
  start,
  timesWrong,
} from './credential-use.fixture';

const { given } = storyOf(credentialUse, start);

describe('asking for a code', () => {
  it('is a fact', () => {
    given([]).when({ kind: 'issue', challenge: aChallenge(), again: false, now: start }).then([issued()]);
  });

  it('of a disabled credential is refused (R4)', () => {
    given([issued(), ...timesWrong(100), disabled()])
      .when({ kind: 'issue', challenge: aChallenge(), again: false, now: after(9_000) })
      .thenRefused('credential-disabled');
  });

  it('again is too early for 30 seconds, and says how long to wait', () => {
    given([issued()])
      .when({ kind: 'issue', challenge: aChallenge(), again: true, now: after(10.5) })
      .thenRefused('too-early-to-resend', { retryAfter: 20 });
  });

  it('again after 30 seconds is the same challenge with the same end, and forgives nothing (R4)', () => {
    const story = given([issued(), ...timesWrong(3)]);
    story.when({ kind: 'issue', challenge: aChallenge(), again: true, now: after(30) }).then([issued()]);
    expect(evolveWith(credentialUse, story.state, [{ event: issued(), at: after(30) }]).wrongInARow).toBe(3);
  });

  it('again is refused once the challenge has ended, or was passed', () => {
    given([issued()])
      .when({ kind: 'issue', challenge: aChallenge(), again: true, now: after(600) })
      .thenRefused('code-expired');
    given([issued(), passed(1)])
      .when({ kind: 'issue', challenge: aChallenge(), again: true, now: after(40) })
      .thenRefused('code-expired');
  });
});

describe('an answer', () => {
  it('that is right passes', () => {
    given([issued()])
      .when(anAnswer())
      .then([passed(59_000_000)]);
  });

  it('that is wrong is a fact', () => {
    given([issued()])
      .when(anAnswer({ evidence: null }))
      .then([refused('wrong')]);
  });

  it('to a challenge of ten minutes ago is too late, the right one too (R11)', () => {
    given([issued()])
      .when(anAnswer({ now: after(599.999) }))
      .then([passed(59_000_000)]);
    given([issued()])
      .when(anAnswer({ now: after(600) }))
      .then([refused('expired')]);
  });

  it('§6.3: of a secret that was destroyed is refused, the right one too', () => {
    given([issued()])
      .when(anAnswer({ secret: 'dead' }))
      .then([refused('revoked')]);
  });
});

describe('what was accepted once', () => {
  const another = aChallenge({ challengeId: 'challenge-2', signInId: 'sign-in-2' });

  it('R3, I2: is never accepted again, and that is no guess', () => {
    const story = given([issued(), passed(59_000_000), issued(another)]);
    story.when(anAnswer({ challenge: another })).then([refused('already-used', another)]);
    expect(given([issued(), refused('wrong'), refused('already-used')]).state.wrongInARow).toBe(1);
  });

  it('is refused for a step before it too (RFC 6238 §5.2)', () => {
    given([issued(), passed(59_000_000), issued(another)])
      .when(anAnswer({ challenge: another, evidence: evidenceOf(58_999_999) }))
      .then([refused('already-used', another)]);
  });

  it('TOTP replayed within its step: the step of the enrolment is spent (§6.3; kratos, better-auth)', () => {
    given([issued()])
      .when(anAnswer({ acceptedAtEnrolment: 59_000_000 }))
      .then([refused('already-used')]);
    given([issued()])
      .when(anAnswer({ acceptedAtEnrolment: 58_999_999 }))
      .then([passed(59_000_000)]);
  });

  it('HT4: each recovery code works once, in any order, and the others stay', () => {
    const one = aChallenge({ ...ofRecoveryCodes, challengeId: 'one' });
    const other = aChallenge({ ...ofRecoveryCodes, challengeId: 'other' });
    const story = given([issued(one), passed(7, one), issued(other)]);
    story.when(anAnswer({ challenge: other, evidence: evidenceOf(7) })).then([refused('already-used', other)]);
    story.when(anAnswer({ challenge: other, evidence: evidenceOf(3) })).then([passed(3, other)]);
  });

  it('stays spent over any history', () => {
    const evidence = fc.nat(20);
    fc.assert(
      fc.property(fc.array(evidence, { maxLength: 30 }), fc.boolean(), (tries, isTotp) => {
        const accepted: number[] = [];
        let state = credentialUse.initialState;
        tries.forEach((tried, index) => {
          const challenge = aChallenge({ challengeId: `${index}`, ...(isTotp ? {} : ofRecoveryCodes) });
          const events = credentialUse.decide(state, anAnswer({ challenge, evidence: evidenceOf(tried) }));
          if (events.some(({ type }) => type === 'challenge.passed')) accepted.push(tried);
          state = evolveWith(
            credentialUse,
            state,
            events.map((event: ChallengeEvent) => ({ event, at: start })),
          );
        });
        expect(new Set(accepted).size).toBe(accepted.length);
      }),
    );
  });
});

describe('§6.4: the same answer to the same challenge by the same sign-in', () => {
  const story = given([issued(), passed(59_000_000)]);

  it('gives the same pass again for 60 seconds, and no new fact', () => {
    story.when(anAnswer({ now: after(60) })).then([]);
  });

  it('is a replay after that', () => {
    story.when(anAnswer({ now: after(60.001) })).then([refused('already-used')]);
  });

  it('another answer to it is refused, right or wrong', () => {
    story
      .when(anAnswer({ answerFingerprint: 'other', evidence: evidenceOf(59_000_001), now: after(30) }))
      .then([refused('already-used')]);
    story.when(anAnswer({ answerFingerprint: 'other', evidence: null })).then([refused('already-used')]);
  });

  it('another sign-in with its id is refused', () => {
    const stolen = aChallenge({ signInId: 'sign-in-2' });
    story.when(anAnswer({ challenge: stolen })).then([refused('already-used', stolen)]);
  });

  it('gives nothing any more once the factor was removed', () => {
    story.when(anAnswer({ secret: 'dead' })).then([refused('revoked')]);
  });
});

describe('wrong answers in a row (N 3.2.2)', () => {
  it.each([
    [1, 0],
    [4, 0],
    [5, 2],
    [6, 4],
    [10, 64],
    [13, 512],
    [14, 900],
    [99, 900],
  ])('%d of them cost a wait of %d seconds, for the right answer too', (count, seconds) => {
    const story = given([issued(), ...timesWrong(count)]);
    const challenge = aChallenge({ expiresAt: after(10_000) });
    if (seconds > 0) {
      story.when(anAnswer({ challenge, now: after(seconds - 0.001) })).then([refused('too-many-attempts', challenge)]);
    }
    story.when(anAnswer({ challenge, now: after(seconds) })).then([passed(59_000_000, challenge)]);
  });

  it('a refused wait is no further guess, and does not prolong it', () => {
    const waiting = [issued(), ...timesWrong(5), ...Array.from({ length: 50 }, () => refused('too-many-attempts'))];
    expect(given(waiting).state).toMatchObject({ wrongInARow: 5, lastWrongAt: start });
  });

  it('a right answer ends the row', () => {
    expect(given([issued(), ...timesWrong(9), passed(1)]).state).toMatchObject({ wrongInARow: 0, lastWrongAt: null });
  });

  it('R4: the hundredth disables the credential in the same append', () => {
    const challenge = aChallenge({ expiresAt: after(10_000) });
    given([issued(), ...timesWrong(98)])
      .when(anAnswer({ challenge, evidence: null, now: after(900) }))
      .then([refused('wrong', challenge)]);
    given([issued(), ...timesWrong(99)])
      .when(anAnswer({ challenge, evidence: null, now: after(900) }))
      .then([refused('wrong', challenge), disabled(100)]);
  });

  it('R4: the 101st is refused, the right one too, however long one waits', () => {
    const challenge = aChallenge({ expiresAt: after(1_000_000) });
    given([issued(), ...timesWrong(100), disabled()])
      .when(anAnswer({ challenge, now: after(999_999) }))
      .then([refused('disabled', challenge)]);
  });
});

describe('the state', () => {
  it('keeps passes only as long as their challenges could be answered again', () => {
    const passes = Array.from({ length: 30 }, (_, index) => ({
      event: passed(index, aChallenge({ challengeId: `${index}` })),
      at: after(index * 60),
    }));
    expect(evolveWith(credentialUse, credentialUse.initialState, passes).passes).toHaveLength(11);
  });

  it('names the person of the first challenge for good', () => {
    expect(given([issued(), issued(aChallenge({ personId: 'max' }))]).state.personId).toBe('sam');
  });
});
