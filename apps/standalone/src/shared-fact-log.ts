import type { FactLog } from '@cofactor/messaging';

/** One log followed by several consumers of this process over a single listening connection. */
export class SharedFactLog implements FactLog {
  private readonly listeners = new Set<() => void>();
  private stop: (() => Promise<void>) | null = null;

  constructor(private readonly log: FactLog) {}

  readAll(after: number, limit: number) {
    return this.log.readAll(after, limit);
  }

  head(): Promise<number> {
    return this.log.head();
  }

  onAppend(listener: () => void): () => Promise<void> {
    this.listeners.add(listener);
    this.stop ??= this.log.onAppend(() => this.listeners.forEach((wake) => wake()));
    return async () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      const stop = this.stop;
      this.stop = null;
      await stop?.();
    };
  }
}
