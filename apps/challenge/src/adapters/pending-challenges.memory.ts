import type { Clock } from '@cofactor/service-kit';
import type { PendingChallenge } from '../domain/pending-challenge';
import type { PendingChallenges } from '../domain/ports';

/** Some 50 MB; beyond it the oldest give way. */
const defaultMaximum = 100_000;

interface Held {
  readonly challenge: PendingChallenge;
  readonly until: number;
}

/** In this process alone, for the embedded default: they are gone with it. */
export class MemoryPendingChallenges implements PendingChallenges {
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly clock: Clock,
    private readonly maximum = defaultMaximum,
  ) {}

  async put(challenge: PendingChallenge, secondsToLive: number): Promise<void> {
    const now = this.clock.now().getTime();
    this.held.delete(challenge.challengeId);
    this.held.set(challenge.challengeId, { challenge, until: now + secondsToLive * 1000 });
    this.makeRoom(now);
  }

  async get(challengeId: string): Promise<PendingChallenge | null> {
    const held = this.held.get(challengeId);
    return held && held.until > this.clock.now().getTime() ? held.challenge : null;
  }

  /** Those that were put first stand first, and mostly expire first. */
  private makeRoom(now: number): void {
    for (const [challengeId, { until }] of this.held) {
      if (until > now && this.held.size <= this.maximum) return;
      this.held.delete(challengeId);
    }
  }
}
