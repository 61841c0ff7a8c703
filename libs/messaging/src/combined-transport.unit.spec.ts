import { CombinedTransport } from './combined-transport';
import type { FactTransport } from './fact-transport';

/** A transport that writes down what it is told. */
class WrittenTransport implements FactTransport {
  readonly told: string[] = [];
  healthy = true;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly lags: Record<string, number>) {}

  addHandler(pattern: unknown): void {
    this.told.push(`handles ${String(pattern)}`);
  }
  listen(callback: () => void): void {
    this.told.push('listens');
    callback();
  }
  close(): Promise<void> {
    this.told.push('is closed');
    return Promise.resolve();
  }
  onCommit(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  commit(): void {
    this.listeners.forEach((listener) => listener());
  }
  lag(): Promise<Record<string, number>> {
    return Promise.resolve(this.lags);
  }
  isHealthy(): boolean {
    return this.healthy;
  }
  on(): never {
    throw new Error('nothing');
  }
  unwrap<T>(): T {
    throw new Error('nothing');
  }
}

describe('several transports as one', () => {
  const [own, others] = [
    new WrittenTransport({ identity: 1 }),
    new WrittenTransport({ challenge: 2, notification: 0 }),
  ];
  const combined = new CombinedTransport([own, others]);

  it('has each handler called by every one of them, listens once, and closes all', async () => {
    let calls = 0;
    combined.addHandler('*', () => Promise.resolve(), true);
    combined.listen(() => (calls += 1));
    await combined.close();
    expect(calls).toBe(1);
    for (const { told } of [own, others]) expect(told).toEqual(['handles *', 'listens', 'is closed']);
  });

  it('tells of the lag of all sources', async () => {
    expect(await combined.lag()).toEqual({ identity: 1, challenge: 2, notification: 0 });
  });

  it('is healthy when all are', () => {
    expect(combined.isHealthy()).toBe(true);
    others.healthy = false;
    expect(combined.isHealthy()).toBe(false);
  });

  it('I8 tells of the commits of each, until that is ended', () => {
    let commits = 0;
    const end = combined.onCommit(() => (commits += 1));
    own.commit();
    others.commit();
    expect(commits).toBe(2);
    end();
    own.commit();
    expect(commits).toBe(2);
  });
});
