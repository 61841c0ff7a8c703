import type { Service } from '@cofactor/contracts';
import type { Kafka } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumerDatabase } from '../consumer-database';
import type { FactLog } from '../fact-log';
import { failureText } from '../failures';
import type { MessagingLogger, MessagingMetrics } from '../logger';
import { Wake } from '../wake';
import type { KafkaSettings } from './connection';
import { LogBehindTopic, refuseLogBehindTopic, type PublishedLog } from './log-behind-topic';
import { RelayPosition } from './relay-position';
import { RelayTopic } from './relay-topic';
import { RelayTurns } from './relay-turns';
import { TopicWatch } from './topic-settings';
import { topicPlan } from './topics';

/** Milliseconds. */
const pollEvery = 1_000;
const busyPause = 200;
/** Between the beginnings of two turns: facts that come one by one gather meanwhile. */
const gathering = 25;
const firstPause = 100;
const longestPause = 5_000;

export interface OutboxRelayOptions {
  readonly service: Service;
  /** With the log of the service and the relay's own tables. */
  readonly database: ConsumerDatabase;
  readonly log: FactLog & PublishedLog['log'];
  /** Hears that the log lacks facts that its topic has; nothing is published then, and nothing must be served. */
  readonly onLogBehind: (error: LogBehindTopic) => void;
  readonly kafka: Kafka;
  readonly settings: KafkaSettings;
  readonly logger: MessagingLogger;
  readonly metrics: Pick<MessagingMetrics, 'setAside' | 'interrupted'>;
}

/**
 * Publishes each committed fact of one service to its topic, in commit order per stream, at least once; consumers drop
 * what comes again (I1, DESIGN §2.5). Of several replicas one is at work at a time, and another goes on when it dies. A
 * broker or database that is away only delays. A topic that lost facts is filled again, as a new generation.
 */
export class OutboxRelay {
  private readonly topicName: string;
  private readonly topic: RelayTopic;
  private readonly watch: TopicWatch;
  private readonly position: RelayPosition;
  private readonly turns: RelayTurns;
  private readonly wake = new Wake();
  private readonly closing = new AbortController();
  private state: 'starting' | 'running' | 'interrupted' = 'starting';
  private pause = firstPause;
  private running: Promise<void> = Promise.resolve();
  private stopListening: () => Promise<void> = () => Promise.resolve();

  constructor(private readonly options: OutboxRelayOptions) {
    const plan = topicPlan(options.settings, options.service);
    this.topicName = plan.topic;
    this.watch = new TopicWatch(plan.topic, options.logger);
    this.topic = new RelayTopic(options.kafka, plan, this.watch, this.closing.signal);
    this.position = new RelayPosition(plan.topic);
    const { topicName, topic, position } = this;
    this.turns = new RelayTurns({ ...options, topicName, topic, position });
  }

  start(): void {
    this.stopListening = this.options.log.onAppend(() => this.wake.call());
    this.running = this.run();
  }

  /** Whether facts are published now, by this replica or by another one while this one is ready to take over. */
  isHealthy(): boolean {
    return this.state === 'running' && !this.closing.signal.aborted;
  }

  /** Whether the topic, as far as it was seen, keeps everything and has the partitions and copies that it should. */
  isTopicAsPlanned(): boolean {
    return this.watch.isAsPlanned;
  }

  /** Facts that are committed and not published yet, those that are held for their size included. */
  async lag(): Promise<number> {
    const { position, held } = await this.position.progress(this.options.database);
    return Math.max(0, (await this.options.log.head()) - position) + held;
  }

  /** Begins no further turn. Resolves, within 10 s, when the turn in work is over. */
  async close(): Promise<void> {
    this.closing.abort();
    this.wake.call();
    await Promise.all([this.running, this.stopListening()]);
    await this.topic.close();
  }

  private async run(): Promise<void> {
    while (!this.closing.signal.aborted) {
      try {
        await this.position.ensure(this.options.database);
        await refuseLogBehindTopic({ ...this.options, prefix: this.options.settings.KAFKA_TOPIC_PREFIX });
        await this.follow();
      } catch (error) {
        if (this.closing.signal.aborted) return;
        if (error instanceof LogBehindTopic) return this.options.onLogBehind(error);
        this.interrupt(error);
        await this.rest(this.pause);
        this.pause = Math.min(this.pause * 2, longestPause);
      }
    }
  }

  private async follow(): Promise<void> {
    while (!this.closing.signal.aborted) {
      const began = performance.now();
      const outcome = await this.turns.take();
      if (outcome === 'busy') {
        if (this.state === 'starting') this.state = 'running';
        // Not ended by appends, which are the other one's work.
        await this.rest(busyPause);
        continue;
      }
      this.resume();
      if (outcome === 'more') continue;
      await this.wake.wait(pollEvery);
      await this.rest(Math.max(0, began + gathering - performance.now()));
    }
  }

  /** So many milliseconds, or until it closes. */
  private async rest(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }

  private resume(): void {
    const { logger } = this.options;
    if (this.state === 'interrupted') logger.info({ topic: this.topicName }, 'facts are published again');
    this.state = 'running';
    this.pause = firstPause;
  }

  private interrupt(error: unknown): void {
    const { logger, metrics } = this.options;
    if (this.state !== 'interrupted') {
      const { name: errorName, code: errorCode, message: errorMessage } = failureText(error);
      const fields = { topic: this.topicName, errorName, errorCode, errorMessage };
      logger.warn(fields, 'facts cannot be published now; they are kept, and published as soon as they can be');
    }
    this.state = 'interrupted';
    metrics.interrupted(this.topicName);
  }
}
