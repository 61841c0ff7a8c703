import { fixedClock } from '@cofactor/testkit';
import { expiryOf, type PendingChallenge } from '../domain/pending-challenge';
import { describePendingChallenges } from './pending-challenges.contract';
import { MemoryPendingChallenges } from './pending-challenges.memory';

const start = '2026-03-01T09:30:00.000Z';

describePendingChallenges('memory', async () => {
  const clock = fixedClock(start);
  return {
    challenges: new MemoryPendingChallenges(clock),
    now: () => clock.now().toISOString(),
    pass: async (seconds) => clock.advance(seconds),
  };
});

describe('the room for pending challenges in memory', () => {
  const challenge = (challengeId: string): PendingChallenge => ({
    challengeId,
    signInId: 'sign-in',
    personId: 'person',
    credentialId: 'credential',
    type: 'totp',
    hint: 'Authenticator app',
    issuedAt: start,
    expiresAt: expiryOf(start),
  });

  it('is bounded: the oldest gives way (I3: its sign-in fails, none passes)', async () => {
    const challenges = new MemoryPendingChallenges(fixedClock(start), 2);
    for (const id of ['first', 'second', 'third']) await challenges.put(challenge(id), 60);
    expect(await challenges.get('first')).toBeNull();
    expect(await challenges.get('second')).not.toBeNull();
    expect(await challenges.get('third')).not.toBeNull();
  });

  it('is given up by what was asked for again last', async () => {
    const challenges = new MemoryPendingChallenges(fixedClock(start), 2);
    for (const id of ['first', 'second', 'first', 'third']) await challenges.put(challenge(id), 60);
    expect(await challenges.get('second')).toBeNull();
    expect(await challenges.get('first')).not.toBeNull();
  });

  it('is bounded for the places of sign-ins too', async () => {
    const challenges = new MemoryPendingChallenges(fixedClock(start), 2);
    const of = (signInId: string) => ({ ...challenge(signInId), signInId });
    for (const signIn of ['first', 'second', 'third']) await challenges.takePlace(of(signIn), 1);
    const another = (signInId: string) => challenges.takePlace({ ...of(signInId), challengeId: 'another' }, 1);
    expect(await another('third')).toBe(expiryOf(start));
    expect(await another('first')).toBeNull();
  });
});
