import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Service } from '@cofactor/contracts';
import { Database, PostgresFactLog } from '@cofactor/event-store';
import type { TestPostgres } from '@cofactor/testkit';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import {
  consumer,
  createDatabases,
  deathOf,
  noMetrics,
  Publisher,
  silentLogger,
  sources,
  typescript,
} from '../contract/logs-harness';
import type { TransportHarness, TransportOptions } from '../contract/transport-harness';
import { KafkaStrategy } from './kafka-strategy';
import { encodeMessage } from './message';

/** Where the servers of one harness are. */
export interface KafkaAddresses {
  readonly consumer: string;
  readonly brokers: string;
  readonly prefix: string;
}

export const kafkaOf = (brokers: string): Kafka =>
  new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { retries: 3, maxRetryTime: 1_000 } });

/** A strategy with connections of its own to the servers of a harness. */
export async function connectKafkaStrategy(
  { consumer: url, brokers, prefix }: KafkaAddresses,
  options: TransportOptions,
): Promise<{ transport: KafkaStrategy; release: () => Promise<void> }> {
  const database = await Database.open({ name: `consumer ${randomUUID()}`, url, poolSize: 4 });
  const transport = new KafkaStrategy({
    ...options,
    consumer,
    database,
    sources,
    kafka: kafkaOf(brokers),
    prefix,
    logger: silentLogger,
    metrics: noMetrics,
  });
  return { transport, release: () => database.close() };
}

/** Sends what a log holds and was not sent. */
class Sender {
  private sent = 0;
  constructor(
    private readonly topic: string,
    private readonly log: PostgresFactLog,
    private readonly producer: Producer,
  ) {}

  async send(): Promise<void> {
    const facts = await this.log.readAll(this.sent, 1_000);
    if (facts.length === 0) return;
    await this.producer.send({ topic: this.topic, messages: facts.map((fact) => ({ ...encodeMessage(fact) })) });
    this.sent = facts.at(-1)?.position ?? this.sent;
  }
}

/** The harness of the kafka transport on test servers that the spec file has started. */
export async function makeKafkaHarness(
  postgres: TestPostgres,
  { brokers, prefix }: Pick<KafkaAddresses, 'brokers' | 'prefix'>,
): Promise<TransportHarness> {
  const databases = await createDatabases(postgres);
  const addresses: KafkaAddresses = { consumer: databases.consumer, brokers, prefix };
  const open = (name: string, url: string): Promise<Database> =>
    Database.open({ name: `${name} ${randomUUID()}`, url, poolSize: 2 });
  const database = await open('look', databases.owner);
  const logs = await Promise.all(
    sources.map(async (service) => [service, await open(service, databases.sources[service])] as const),
  );
  const publisher = new Publisher(new Map<Service, Database>(logs));
  const kafka = kafkaOf(brokers);
  const [admin, producer] = [kafka.admin(), kafka.producer({ idempotent: true, maxInFlightRequests: 1 })];
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({ topics: sources.map((service) => ({ topic: prefix + service, numPartitions: 3 })) });
  const senders = logs.map(
    ([service, log]) => new Sender(prefix + service, new PostgresFactLog({ database: log, service }), producer),
  );
  const send = async (): Promise<void> => {
    for (const sender of senders) await sender.send();
  };
  return {
    consumer,
    database,
    publish: async (facts) => {
      for (const fact of facts) await publisher.publish(fact);
      await send();
    },
    publishAndRollBack: async (facts) => {
      for (const fact of facts) await publisher.publishAndRollBack(fact);
      await send();
    },
    redeliver: async () => {
      await database.query('UPDATE consumer_offsets SET position = 0');
    },
    transport: (options) => connectKafkaStrategy(addresses, options),
    interruptDatabase: () => postgres.restart(),
    dieBeforeCommit: () =>
      deathOf(fork(join(__dirname, 'dies-before-commit-on-kafka.ts'), [JSON.stringify(addresses)], typescript)),
    stop: async () => {
      await admin.deleteTopics({ topics: sources.map((service) => prefix + service) });
      await Promise.all([admin.disconnect(), producer.disconnect()]);
      await Promise.all([database, ...logs.map(([, log]) => log)].map((each) => each.close()));
    },
  };
}
