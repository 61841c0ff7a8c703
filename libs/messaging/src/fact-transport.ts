import type { CustomTransportStrategy, MessageHandler } from '@nestjs/microservices';

/** What every transport of facts offers to the service that composes it. */
export interface FactTransport extends CustomTransportStrategy {
  /** Called by Nest for each handler. Throws for a type of event that does not exist, and for `@MessagePattern`. */
  addHandler(pattern: unknown, handler: MessageHandler, isEventHandler?: boolean): void;
  listen(callback: () => void): void;
  /** Takes no further batch, ends or rolls back the one in work, within 10 s. No handler takes effect after it. */
  close(): Promise<void>;
  /** Calls the listener after each commit that moved the inbox. The answer ends it. */
  onCommit(listener: () => void): () => void;
  /** Facts that each source has committed, or published, and this consumer has not taken yet. */
  lag(): Promise<Record<string, number>>;
  /** Whether every source is followed now. */
  isHealthy(): boolean;
}
