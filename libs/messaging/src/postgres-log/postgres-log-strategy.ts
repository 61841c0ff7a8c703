import type { Service } from '@cofactor/contracts';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { defaultRetryPlan, type RetryPlan } from '../backoff';
import type { ConsumerDatabase } from '../consumer-database';
import { ConsumerTransactions } from '../consumer-transaction';
import { FactConsumer } from '../fact-consumer';
import { FactErrorFilter } from '../fact-error-filter';
import { FactRetries } from '../fact-retries';
import type { FactLog } from '../fact-log';
import { Handlers } from '../handlers';
import type { MessagingLogger, MessagingMetrics } from '../logger';
import { Inbox } from '../inbox';
import { Offsets } from '../offsets';
import { ParkedFacts } from '../parked-facts';
import { setAsideReport } from '../set-aside-report';
import { UnreadableMessages } from '../unreadable-messages';
import { SourceLoop } from './source-loop';

export interface PostgresLogStrategyOptions {
  /** The name of the service that consumes; replicas share it. */
  readonly consumer: string;
  /** The consumer's own database, with `messagingMigrations`. */
  readonly database: ConsumerDatabase;
  /** The logs that it follows, each on its own. */
  readonly sources: ReadonlyArray<{ readonly service: Service; readonly log: FactLog }>;
  readonly logger: MessagingLogger;
  readonly metrics: MessagingMetrics;
  /** Facts in one transaction, at most. */
  readonly batchSize?: number;
  readonly retry?: RetryPlan;
}

/** Milliseconds that the batch in work has at the close before it is rolled back. */
const grace = 8_000;

/**
 * Nest transport that delivers facts straight from the event stores' logs in PostgreSQL. Handlers are
 * `@EventPattern('factor.enrolled')` methods, or `@EventPattern('*')` for every fact, with `(@Payload() fact: Fact,
 * @Ctx() context: FactContext)`. Each fact takes effect once, in the order of its stream (DESIGN §2.5, I1, §6.8).
 * The application sets `errorFilter`.
 */
export class PostgresLogStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('postgres-log');
  /** For `useGlobalFilters`, before the application listens. */
  readonly errorFilter = new FactErrorFilter();
  private readonly factHandlers = new Handlers();
  private closing = false;
  private readonly abort = new AbortController();
  private readonly commitListeners = new Set<() => void>();
  private readonly offsets: Offsets;
  private readonly loops: readonly SourceLoop[];

  constructor(private readonly options: PostgresLogStrategyOptions) {
    super();
    const { consumer, database, sources, logger, metrics, batchSize = 1_000, retry = defaultRetryPlan } = options;
    this.offsets = new Offsets(consumer);
    const parts = {
      database,
      transactions: new ConsumerTransactions(database, this.abort.signal),
      offsets: this.offsets,
      inbox: new Inbox(consumer),
      parked: new ParkedFacts(consumer, retry),
      unreadable: new UnreadableMessages(consumer),
      handlers: this.factHandlers,
      metrics,
      report: setAsideReport(consumer, logger, metrics),
      isClosing: () => this.closing,
      committed: () => this.commitListeners.forEach((listener) => listener()),
    };
    const factConsumer = new FactConsumer(parts);
    const following = {
      consumer: factConsumer,
      retries: new FactRetries({ ...parts, consumer: factConsumer }),
      offsets: this.offsets,
      database,
      batchSize,
      logger,
      metrics,
    };
    this.loops = sources.map(({ service, log }) => new SourceLoop({ ...following, source: service, log }));
  }

  /** Called by Nest for each handler. Throws for a type of event that does not exist, and for `@MessagePattern`. */
  override addHandler(pattern: unknown, handler: MessageHandler, isEventHandler = false): void {
    if (typeof pattern !== 'string' || !isEventHandler) {
      throw new Error('facts are received by @EventPattern with the type of an event');
    }
    this.factHandlers.add(pattern, handler);
  }

  listen(callback: () => void): void {
    this.loops.forEach((loop) => loop.start());
    callback();
  }

  /** Takes no further batch, ends or rolls back the one in work, within 10 s. No handler takes effect after it. */
  async close(): Promise<void> {
    this.closing = true;
    const timer = setTimeout(() => this.abort.abort(), grace);
    await Promise.all(this.loops.map((loop) => loop.stop()));
    clearTimeout(timer);
    this.abort.abort();
  }

  /** Calls the listener after each commit that moved the inbox. The answer ends it. */
  onCommit(listener: () => void): () => void {
    this.commitListeners.add(listener);
    return () => this.commitListeners.delete(listener);
  }

  /** Facts that each source has committed and this consumer has not taken yet. */
  async lag(): Promise<Record<string, number>> {
    const { database, sources } = this.options;
    const entries = sources.map(async ({ service, log }) => {
      const [head, position] = await Promise.all([log.head(), this.offsets.current(database, service)]);
      return [service, Math.max(0, head - position)] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Whether every source is followed: false while its log or the consumer's database is away, and after the close. */
  isHealthy(): boolean {
    return this.loops.every((loop) => loop.isHealthy);
  }

  /** There is nothing of Nest's kind to listen to: no broker. */
  on(): never {
    throw new Error('the postgres-log transport has no events of its own');
  }

  unwrap<T>(): T {
    throw new Error('the postgres-log transport wraps no broker');
  }
}
