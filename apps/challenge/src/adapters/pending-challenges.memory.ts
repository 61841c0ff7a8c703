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
  /** By sign-in: its open challenges, and when each expires. */
  private readonly places = new Map<string, Map<string, number>>();

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

  async takePlace({ challengeId, signInId, expiresAt }: PendingChallenge, most: number): Promise<string | null> {
    const now = this.clock.now().getTime();
    const open = this.openOf(signInId, now);
    if (!open.has(challengeId) && open.size >= most) return new Date(Math.min(...open.values())).toISOString();
    open.set(challengeId, Date.parse(expiresAt));
    this.places.delete(signInId);
    this.places.set(signInId, open);
    this.forgetPlaces(now);
    return null;
  }

  async leavePlace({ challengeId, signInId }: PendingChallenge): Promise<void> {
    this.places.get(signInId)?.delete(challengeId);
  }

  private openOf(signInId: string, now: number): Map<string, number> {
    return new Map([...(this.places.get(signInId) ?? [])].filter(([, until]) => until > now));
  }

  /** The sign-in that asked last stands last. */
  private forgetPlaces(now: number): void {
    for (const [signInId] of this.places) {
      if (this.places.size <= this.maximum && this.openOf(signInId, now).size > 0) return;
      this.places.delete(signInId);
    }
  }

  /** Those that were put first stand first, and mostly expire first. */
  private makeRoom(now: number): void {
    for (const [challengeId, { until }] of this.held) {
      if (until > now && this.held.size <= this.maximum) return;
      this.held.delete(challengeId);
    }
  }
}
