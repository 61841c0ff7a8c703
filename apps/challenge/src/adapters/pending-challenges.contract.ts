import { expiryOf, type PendingChallenge } from '../domain/pending-challenge';
import type { PendingChallenges } from '../domain/ports';

export interface PendingChallengesUnderTest {
  readonly challenges: PendingChallenges;
  /** Answers once so many seconds have passed for the adapter. */
  readonly pass: (seconds: number) => Promise<void>;
}

let number = 0;
function aChallenge(): PendingChallenge {
  const issuedAt = '2026-03-01T09:30:00.000Z';
  const challengeId = `challenge-${++number}-${process.pid}`;
  const whose = { signInId: 'sign-in', personId: 'person', credentialId: 'credential' };
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
  });
}
