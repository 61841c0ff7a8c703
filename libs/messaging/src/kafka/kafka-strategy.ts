import type { Service } from '@cofactor/contracts';
import { Server, type MessageHandler } from '@nestjs/microservices';
import type { Kafka } from 'kafkajs';
import { defaultRetryPlan, type RetryPlan } from '../backoff';
import type { ConsumerDatabase } from '../consumer-database';
import { ConsumerTransactions } from '../consumer-transaction';
import { FactConsumer } from '../fact-consumer';
import { FactErrorFilter } from '../fact-error-filter';
import { FactRetries } from '../fact-retries';
import type { FactTransport } from '../fact-transport';
import { Handlers } from '../handlers';
import { Inbox } from '../inbox';
import { Interruptions } from '../interruptions';
import type { MessagingLogger, MessagingMetrics } from '../logger';
import { Offsets } from '../offsets';
import { ParkedFacts } from '../parked-facts';
import { setAsideReport } from '../set-aside-report';
import { SharedTransactions } from '../shared-transactions';
import { UnreadableMessages } from '../unreadable-messages';
import { KafkaLoop } from './kafka-strategy-loop';
import { RetryLoop } from './kafka-strategy-retries';
import { Assignment, logOf } from './partition-assignment';
import { PartitionTurns } from './partition-turns';
import { TopicWatermarks } from './partition-watermarks';

export interface KafkaStrategyOptions {
  /** The name of the service that consumes; replicas share it. */
  readonly consumer: string;
  /** The consumer's own database, with `messagingMigrations`. */
  readonly database: ConsumerDatabase;
  /** The services whose topics it follows. */
  readonly sources: readonly Service[];
  readonly kafka: Kafka;
  /** What the names of topics (`<prefix><source>`) and of the consumer group (`<prefix><consumer>`) begin with. */
  readonly prefix: string;
  readonly logger: MessagingLogger;
  readonly metrics: MessagingMetrics;
  /** Facts in one transaction, at most. */
  readonly batchSize?: number;
  readonly retry?: RetryPlan;
}

/** Milliseconds that the batches in work have at the close before they are rolled back. */
const grace = 8_000;
/** Transactions in work at once: one connection each, of a pool that is small and has others to serve. */
const atOnce = 3;

/**
 * Nest transport that delivers facts from the topics of their services, to the handlers and with the guarantees of
 * PostgresLogStrategy: each fact takes effect once, in the order of its stream (DESIGN §2.5, I1, §6.8). The offset of a
 * partition is a row that is committed with the effects; Kafka's consumer group only shares the partitions among
 * replicas, and may be reset or deleted at any time. The application sets `errorFilter`.
 */
export class KafkaStrategy extends Server implements FactTransport {
  override readonly transportId = Symbol('kafka');
  /** For `useGlobalFilters`, before the application listens. */
  readonly errorFilter = new FactErrorFilter();
  private readonly factHandlers = new Handlers();
  private closing = false;
  private readonly abort = new AbortController();
  private readonly commitListeners = new Set<() => void>();
  private readonly offsets: Offsets;
  private readonly watermarks: TopicWatermarks;
  private readonly interruptions: Interruptions;
  private readonly topics: ReadonlyMap<string, Service>;
  private readonly loop: KafkaLoop;
  private readonly retryLoops: readonly RetryLoop[];

  constructor(private readonly options: KafkaStrategyOptions) {
    super();
    const { consumer, database, sources, kafka, prefix, logger, metrics } = options;
    const { batchSize = 1_000, retry = defaultRetryPlan } = options;
    this.offsets = new Offsets(consumer);
    this.watermarks = new TopicWatermarks(kafka);
    this.interruptions = new Interruptions(logger, metrics);
    this.topics = new Map(sources.map((source) => [prefix + source, source]));
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
    const { watermarks, interruptions, topics } = this;
    const shared = new SharedTransactions(parts, factConsumer);
    const turns = new PartitionTurns({ alone: factConsumer, shared, atOnce, mostFacts: batchSize });
    const following = { ...parts, batchSize, turns, interruptions, logger, watermarks, topics };
    const assignment = new Assignment(following);
    this.loop = new KafkaLoop({ kafka, groupId: prefix + consumer, topics, assignment, watermarks, interruptions });
    const retries = new FactRetries({ ...parts, consumer: factConsumer });
    this.retryLoops = sources.map((source) => new RetryLoop(source, retries, interruptions));
  }

  /** Called by Nest for each handler. Throws for a type of event that does not exist, and for `@MessagePattern`. */
  override addHandler(pattern: unknown, handler: MessageHandler, isEventHandler = false): void {
    if (typeof pattern !== 'string' || !isEventHandler) {
      throw new Error('facts are received by @EventPattern with the type of an event');
    }
    this.factHandlers.add(pattern, handler);
  }

  /** Succeeds whether or not the broker is there; it is asked again until it is. */
  listen(callback: () => void): void {
    this.loop.start();
    this.retryLoops.forEach((loop) => loop.start());
    callback();
  }

  /** Takes no further batch, ends or rolls back those in work, within 10 s. No handler takes effect after it. */
  async close(): Promise<void> {
    this.closing = true;
    const timer = setTimeout(() => this.abort.abort(), grace);
    await Promise.all([this.loop.stop(), ...this.retryLoops.map((loop) => loop.stop())]);
    clearTimeout(timer);
    this.abort.abort();
    await this.watermarks.close();
  }

  /** Calls the listener after each commit that moved the inbox. The answer ends it. */
  onCommit(listener: () => void): () => void {
    this.commitListeners.add(listener);
    return () => this.commitListeners.delete(listener);
  }

  /** Messages of each source's topic that this consumer has not taken yet. Throws while the broker is away. */
  async lag(): Promise<Record<string, number>> {
    const existing = await this.watermarks.existing([...this.topics.keys()]);
    const entries = [...this.topics].map(async ([topic, source]) => [
      source,
      existing.includes(topic) ? await this.lagOf(topic, source) : 0,
    ]);
    return Object.fromEntries(await Promise.all(entries)) as Record<string, number>;
  }

  /** Whether every source is followed: false while the broker, a topic or the database is away, and after the close. */
  isHealthy(): boolean {
    return !this.closing && this.loop.isWell && !this.interruptions.any;
  }

  /** There is nothing of Nest's kind to listen to. */
  on(): never {
    throw new Error('the kafka transport has no events of its own');
  }

  unwrap<T>(): T {
    throw new Error('the kafka transport does not hand out its client');
  }

  private async lagOf(topic: string, source: Service): Promise<number> {
    const held = await this.watermarks.of(topic);
    const logs = [...held.keys()].map((partition) => logOf(source, partition));
    const stands = await this.offsets.known(this.options.database, logs);
    return [...held].reduce((sum, [partition, { low, high }]) => {
      const position = stands.get(logOf(source, partition))?.position ?? 0;
      // A row beyond the end is of a topic that was made anew: all of this one is still to come.
      const from = position > high ? low : Math.max(low, position);
      return sum + high - from;
    }, 0);
  }
}
