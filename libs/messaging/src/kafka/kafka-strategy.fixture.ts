import { randomUUID } from 'node:crypto';
import type { Fact } from '@cofactor/contracts';
import { Database, migrate } from '@cofactor/event-store';
import { eventually, type TestPostgres } from '@cofactor/testkit';
import type { Admin, Kafka, Message, Producer } from 'kafkajs';
import { effectsTable, type AfterEffect } from '../contract/effects-controller';
import { noMetrics } from '../contract/logs-harness';
import { effectsOf, runConsumer, type RunningConsumer } from '../contract/transport-harness';
import { DeadLetters, type DeadLetter } from '../dead-letters';
import type { MessagingLogger } from '../logger';
import { messagingMigrations } from '../migrations';
import { aFact } from '../test-fact';
import { UnreadableLetters, type UnreadableLetter } from '../unreadable-messages';
import { connectKafka, kafkaSettings } from './connection';
import { KafkaStrategy, type KafkaStrategyOptions } from './kafka-strategy';
import { encodeMessage } from './message';

const service = 'factor-enrollment';
const consumer = 'audit';
const nothing: AfterEffect = () => Promise.resolve();

/** A fact at `stream@version` that the consumer of the contract writes down. */
export const enrolled = (position: string, changes: Partial<Fact> = {}): Fact =>
  aFact(position, { service, type: 'factor.enrolled', ...changes });

/** The message of a fact, as the relay sends it. */
export const messageOf = (fact: Fact, generation = 1): Message => ({ ...encodeMessage(fact, generation) });

/** What a consumer said. */
export interface Said {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A topic that the test fills by hand, and a consumer that follows it. */
export class TopicBench {
  readonly said: Said[] = [];
  readonly topic: string;
  private running: RunningConsumer[] = [];

  private constructor(
    readonly database: Database,
    readonly url: string,
    readonly kafka: Kafka,
    readonly prefix: string,
    readonly admin: Admin,
    readonly producer: Producer,
  ) {
    this.topic = prefix + service;
  }

  /** With an empty topic of three partitions; `brokers` need not be there for `withTopic: false`. */
  static async open(postgres: TestPostgres, brokers: string, prefix: string): Promise<TopicBench> {
    const { url, name } = await postgres.createDatabase();
    const { username: applicationRole } = new URL(url);
    await migrate({ name, ownerUrl: url, migrations: messagingMigrations, applicationRole });
    const database = await Database.open({ name, url, poolSize: 4 });
    await database.query(effectsTable);
    const settings = kafkaSettings.parse({ KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix });
    const kafka = connectKafka(settings, consumer, { info: nothingSaid, warn: nothingSaid, error: nothingSaid });
    const [admin, producer] = [kafka.admin(), kafka.producer()];
    await Promise.all([admin.connect(), producer.connect()]);
    const bench = new TopicBench(database, url, kafka, prefix, admin, producer);
    await bench.makeTopic();
    return bench;
  }

  async makeTopic(numPartitions = 3): Promise<void> {
    const configEntries = [{ name: 'max.message.bytes', value: String(4 * 1024 * 1024) }];
    await this.admin.createTopics({ topics: [{ topic: this.topic, numPartitions, configEntries }] });
  }

  /** Sends messages in this order, to the partition of their key or to this one. */
  async send(messages: readonly Message[], partition?: number): Promise<void> {
    const placed = messages.map((message) => (partition === undefined ? message : { ...message, partition }));
    await this.producer.send({ topic: this.topic, messages: placed });
  }

  async sendFacts(...positions: readonly string[]): Promise<void> {
    await this.send(positions.map((position) => messageOf(enrolled(position))));
  }

  async start(
    afterEffect: AfterEffect = nothing,
    options: Partial<KafkaStrategyOptions> = {},
  ): Promise<RunningConsumer> {
    const database = await Database.open({ name: `consumer ${randomUUID()}`, url: this.url, poolSize: 4 });
    const say =
      (level: Said['level']): MessagingLogger['info'] =>
      (fields, message) =>
        this.said.push({ level, message, fields });
    const transport = new KafkaStrategy({
      consumer,
      database,
      sources: [service],
      kafka: this.kafka,
      prefix: this.prefix,
      logger: { info: say('info'), warn: say('warn'), error: say('error') },
      metrics: noMetrics,
      retry: { attempts: 3, firstDelay: 0.02, longestDelay: 0.05 },
      ...options,
    });
    const running = await runConsumer({ transport, release: () => database.close() }, afterEffect);
    this.running.push(running);
    return running;
  }

  async stop(consumers: readonly RunningConsumer[] = this.running): Promise<void> {
    this.running = this.running.filter((each) => !consumers.includes(each));
    await Promise.all(consumers.map((each) => each.stop()));
  }

  effects(): Promise<string[]> {
    return effectsOf(this.database, 'first');
  }

  /** The effects once there are so many; of one stream, where it is given. */
  effectsWhen(count: number, within = 20_000): Promise<string[]> {
    return eventually(
      () => this.effects(),
      ({ length }) => length >= count,
      within,
    );
  }

  async caughtUp({ transport }: RunningConsumer): Promise<void> {
    await eventually(
      () => transport.lag(),
      (lag) => lag[service] === 0,
      20_000,
    );
  }

  letters(): Promise<readonly DeadLetter[]> {
    return new DeadLetters(this.database).list();
  }

  unreadable(): Promise<readonly UnreadableLetter[]> {
    return new UnreadableLetters(this.database).list();
  }

  saidLines(level: Said['level']): string[] {
    return this.said.filter((each) => each.level === level).map(({ message }) => message);
  }

  async close(): Promise<void> {
    await this.stop();
    await Promise.all([this.admin.disconnect(), this.producer.disconnect(), this.database.close()]);
  }
}

const nothingSaid = (): void => undefined;
