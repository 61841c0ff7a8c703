export interface DataKey {
  readonly id: string;
  readonly key: Buffer;
}

/** Milliseconds. An erased person's key is used for sealing at most this much longer, and never for opening. */
export const dataKeyLifetime = 60_000;
const maximum = 10_000;

/** Unwrapped data keys by person, for at most a minute each. */
export class DataKeyCache {
  private readonly held = new Map<string, { readonly dataKey: DataKey; readonly since: number }>();

  constructor(private readonly clock: { now(): Date }) {}

  get(personId: string): DataKey | null {
    this.dropExpired();
    return this.held.get(personId)?.dataKey ?? null;
  }

  set(personId: string, dataKey: DataKey): void {
    this.dropExpired();
    this.held.delete(personId);
    this.held.set(personId, { dataKey, since: this.clock.now().getTime() });
    if (this.held.size > maximum) this.dropOldest();
  }

  forget(personId: string): void {
    this.held.delete(personId);
  }

  /** The oldest stand first. A clock that was set back lets a key expire early, never late. */
  private dropExpired(): void {
    const now = this.clock.now().getTime();
    for (const [personId, { since }] of this.held) {
      if (now >= since && now < since + dataKeyLifetime) break;
      this.held.delete(personId);
    }
  }

  private dropOldest(): void {
    for (const personId of this.held.keys()) {
      this.held.delete(personId);
      return;
    }
  }
}
