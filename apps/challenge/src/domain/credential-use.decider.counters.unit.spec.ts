import { evolveWith } from '@cofactor/event-sourcing';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import type { Evidence } from '@cofactor/factors';
import { credentialUse } from './credential-use.decider';
import { aChallenge, after, anAnswer, issued, refused, start } from './credential-use.fixture';
import type { PendingChallenge } from './pending-challenge';

const { given } = storyOf(credentialUse, start);

describe('R19: the counter of an authenticator', () => {
  const challenge = aChallenge();
  const another = aChallenge({ challengeId: 'challenge-2' });
  const counted = (now: number, atFirst = 0, use = 1): Evidence => ({
    use,
    signatures: { now, atFirst },
    amr: ['hwk'],
  });
  const passedData = (use: number, of: PendingChallenge, signCount: number) => {
    const { challengeId, signInId, credentialId, type, hint } = of;
    const attempt = { challengeId, signInId, credentialId, factorType: type, hint };
    return { ...attempt, evidence: use, signCount, amr: ['hwk'], answerFingerprint: 'print' };
  };
  const countedPass = (signCount: number) => ({
    type: 'challenge.passed' as const,
    data: passedData(1, challenge, signCount),
  });
  const answered = (evidence: Evidence) => anAnswer({ challenge: another, now: after(2), evidence });

  it.each([
    [7, 8],
    [0, 1],
    [0, 0],
  ])('from %i to %i passes, and is remembered', (before, now) => {
    given([issued(challenge), countedPass(before), issued(another)])
      .when(answered(counted(now, 0, 2)))
      .then([{ type: 'challenge.passed', data: passedData(2, another, now) }]);
  });

  it.each([
    [7, 7],
    [7, 6],
    [7, 0],
  ])('from %i to %i is refused, as a copy and not as a guess', (before, now) => {
    const story = given([issued(challenge), countedPass(before), issued(another)]);
    story.when(answered(counted(now, 0, 2))).then([refused('counter-not-increased', another)]);
    const copied = { event: refused('counter-not-increased', another), at: after(3) };
    expect(evolveWith(credentialUse, story.state, [copied]).wrongInARow).toBe(0);
  });

  it('starts where it stood when the credential was made', () => {
    given([issued(challenge)])
      .when(anAnswer({ challenge, evidence: counted(5, 5) }))
      .then([refused('counter-not-increased', challenge)]);
  });
});
