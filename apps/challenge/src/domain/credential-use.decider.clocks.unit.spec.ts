import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { credentialUse } from './credential-use.decider';
import { aChallenge, after, anAnswer, issued, passed, refused, start, timesWrong } from './credential-use.fixture';

const { given } = storyOf(credentialUse, start);

describe('a clock that is moved back', () => {
  it('R11: makes no challenge live longer: one that is not asked for yet is over', () => {
    given([issued()])
      .when(anAnswer({ now: after(-5) }))
      .then([passed(59_000_000)]);
    given([issued()])
      .when(anAnswer({ now: after(-5.001) }))
      .then([refused('expired')]);
  });

  it('§6.4: makes no pass repeatable for longer', () => {
    const story = given([issued(), passed(59_000_000)]);
    story.when(anAnswer({ now: after(-5) })).then([]);
    story.when(anAnswer({ now: after(-3_600) })).then([refused('expired')]);
  });

  it('closes nothing for mistakes that cost no wait', () => {
    const later = aChallenge({ challengeId: 'challenge-2', issuedAt: after(-3_600), expiresAt: after(-3_000) });
    given([issued(), ...timesWrong(4)])
      .when(anAnswer({ challenge: later, now: after(-3_599) }))
      .then([passed(59_000_000, later)]);
    given([issued(), ...timesWrong(5)])
      .when(anAnswer({ challenge: later, now: after(-3_599) }))
      .then([refused('too-many-attempts', later)]);
  });
});
