import { Server, type MessageHandler } from '@nestjs/microservices';
import { FactErrorFilter } from './fact-error-filter';
import type { FactTransport } from './fact-transport';

/**
 * Several transports as one: every handler receives the facts of each. A service that follows its own log in PostgreSQL
 * and the others through Kafka has one strategy for Nest all the same. No two of them may follow the same source.
 */
export class CombinedTransport extends Server implements FactTransport {
  override readonly transportId = Symbol('combined');

  /** For `useGlobalFilters`, before the application listens. */
  readonly errorFilter = new FactErrorFilter();

  constructor(private readonly transports: readonly FactTransport[]) {
    super();
  }

  /** Called by Nest for each handler. Throws what the transports refuse. */
  override addHandler(pattern: unknown, handler: MessageHandler, isEventHandler = false): void {
    this.transports.forEach((transport) => transport.addHandler(pattern, handler, isEventHandler));
  }

  listen(callback: () => void): void {
    this.transports.forEach((transport) => transport.listen(() => undefined));
    callback();
  }

  /** Closes all at once, within the 10 s that each has. */
  async close(): Promise<void> {
    await Promise.all(this.transports.map((transport) => transport.close()));
  }

  /** Calls the listener after the commits of every transport. The answer ends it. */
  onCommit(listener: () => void): () => void {
    const ends = this.transports.map((transport) => transport.onCommit(listener));
    return () => ends.forEach((end) => end());
  }

  /** Of every source of every transport. Throws what one of them throws. */
  async lag(): Promise<Record<string, number>> {
    const lags = await Promise.all(this.transports.map((transport) => transport.lag()));
    return Object.fromEntries(lags.flatMap((lag) => Object.entries(lag)));
  }

  isHealthy(): boolean {
    return this.transports.every((transport) => transport.isHealthy());
  }

  on(): never {
    throw new Error('the combined transport has no events of its own');
  }

  unwrap<T>(): T {
    throw new Error('the combined transport wraps no broker');
  }
}
