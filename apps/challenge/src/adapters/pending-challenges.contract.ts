import { expiryOf, secondsToAnswer, type PendingChallenge } from '../domain/pending-challenge';
import type { PendingChallenges } from '../domain/ports';

export interface PendingChallengesUnderTest {
  readonly challenges: PendingChallenges;
  /** RFC 3339. */
  readonly now: () => string;
  /** Answers once so many seconds have passed for the adapter. */
  readonly pass: (seconds: number) => Promise<void>;
}

let number = 0;
function aChallenge(signInId = 'sign-in', issuedAt = '2026-03-01T09:30:00.000Z'): PendingChallenge {
  const challengeId = `challenge-${++number}-${process.pid}`;
  const whose = { signInId, personId: 'person', credentialId: 'credential' };
  return { challengeId, ...whose, type: 'totp', hint: 'Authenticator app', issuedAt, expiresAt: expiryOf(issuedAt) };
}

/** What challenge relies on, wherever its challenges wait. */
export function describePendingChallenges(name: string, make: () => Promise<PendingChallengesUnderTest>): void {
  describe(`pending challenges in ${name}`, () => {
    let test: PendingChallengesUnderTest;
    beforeEach(async () => {
      test = await make();
    });

    it('give back what was put, each under its own id', async () => {
      const [one, other] = [aChallenge(), aChallenge()];
      await test.challenges.put(one, 60);
      await test.challenges.put(other, 60);
      expect(await test.challenges.get(one.challengeId)).toEqual(one);
      expect(await test.challenges.get(other.challengeId)).toEqual(other);
    });

    it('know nothing of others', async () => {
      expect(await test.challenges.get('never put')).toBeNull();
    });

    it('are replaced as a whole when they are put again, and live on from then', async () => {
      const first = aChallenge();
      const again = { ...first, issuedAt: '2026-03-01T09:31:00.000Z' };
      await test.challenges.put(first, 1);
      await test.challenges.put(again, 60);
      await test.pass(1.1);
      expect(await test.challenges.get(first.challengeId)).toEqual(again);
    });

    it('are forgotten when their time is over', async () => {
      const challenge = aChallenge();
      await test.challenges.put(challenge, 1);
      await test.pass(1.1);
      expect(await test.challenges.get(challenge.challengeId)).toBeNull();
    });

    describe('have places, so many for each sign-in', () => {
      const signInId = () => `sign-in-${++number}-${process.pid}`;
      const take = (challenge: PendingChallenge) => test.challenges.takePlace(challenge, 2);

      it('and none beyond; the refused one hears when the next becomes free', async () => {
        const mine = signInId();
        const first = aChallenge(mine, test.now());
        await test.pass(0.5);
        const [second, third] = [aChallenge(mine, test.now()), aChallenge(mine, test.now())];
        expect([await take(first), await take(second)]).toEqual([null, null]);
        expect(await take(third)).toBe(first.expiresAt);
        expect(await take(aChallenge(signInId(), test.now()))).toBeNull();
      });

      it('of which the same challenge takes one, however often it is asked for', async () => {
        const mine = signInId();
        const challenge = aChallenge(mine, test.now());
        for (const again of [challenge, challenge, challenge]) expect(await take(again)).toBeNull();
        expect(await take(aChallenge(mine, test.now()))).toBeNull();
      });

      it('which become free when a challenge expires, or was not issued', async () => {
        const mine = signInId();
        const expired = aChallenge(
          mine,
          new Date(Date.parse(test.now()) - secondsToAnswer * 1000 + 1000).toISOString(),
        );
        const unissued = aChallenge(mine, test.now());
        await take(expired);
        await take(unissued);
        await test.challenges.leavePlace(unissued);
        expect(await take(aChallenge(mine, test.now()))).toBeNull();
        expect(await take(aChallenge(mine, test.now()))).toBe(expired.expiresAt);
        await test.pass(1.1);
        expect(await take(aChallenge(mine, test.now()))).toBeNull();
      });

      it('of which parallel ones get no more (I2)', async () => {
        const mine = signInId();
        const taken = await Promise.all(Array.from({ length: 8 }, () => take(aChallenge(mine, test.now()))));
        expect(taken.filter((free) => free === null)).toHaveLength(2);
      });
    });
  });
}
