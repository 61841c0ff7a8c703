import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Service } from '@cofactor/contracts';
import { Database, migrate, PostgresFactLog } from '@cofactor/event-store';
import { eventually, type TestPostgres } from '@cofactor/testkit';
import type { Kafka } from 'kafkajs';
import {
  consumer,
  createDatabases,
  deathOf,
  noMetrics,
  Publisher,
  role,
  silentLogger,
  sources,
  typescript,
  type Addresses,
} from '../contract/logs-harness';
import type { FactToPublish, TransportHarness, TransportOptions } from '../contract/transport-harness';
import type { MessagingLogger } from '../logger';
import { connectKafka, kafkaSettings, type KafkaSettings } from './connection';
import { KafkaStrategy } from './kafka-strategy';
import { OutboxRelay } from './relay';
import { relayMigrations } from './relay-migrations';

/** Where the servers of one harness are. */
export interface KafkaAddresses {
  readonly consumer: string;
  readonly brokers: string;
  readonly prefix: string;
}

const settingsOf = ({ brokers, prefix }: Pick<KafkaAddresses, 'brokers' | 'prefix'>): KafkaSettings =>
  kafkaSettings.parse({ KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix, KAFKA_PARTITIONS: '3' });

/** A strategy with connections of its own to the servers of a harness. */
export async function connectKafkaStrategy(
  addresses: KafkaAddresses,
  options: TransportOptions,
  logger: MessagingLogger = silentLogger,
): Promise<{ transport: KafkaStrategy; release: () => Promise<void> }> {
  const url = addresses.consumer;
  const database = await Database.open({ name: `consumer ${randomUUID()}`, url, poolSize: 4 });
  const transport = new KafkaStrategy({
    ...options,
    consumer,
    database,
    sources,
    kafka: connectKafka(settingsOf(addresses), consumer, silentLogger),
    prefix: addresses.prefix,
    logger,
    metrics: noMetrics,
  });
  return { transport, release: () => database.close() };
}

/** The real relays of the sources' logs. */
class Relays {
  private constructor(private readonly relays: readonly OutboxRelay[]) {}

  static async start(addresses: Pick<KafkaAddresses, 'brokers' | 'prefix'>, logs: Logs): Promise<Relays> {
    const settings = settingsOf(addresses);
    const relays = logs.map(([service, database]) => {
      const log = new PostgresFactLog({ database, service });
      const kafka = connectKafka(settings, service, silentLogger);
      const onLogBehind = (error: Error): never => {
        throw error;
      };
      return new OutboxRelay({
        service,
        database,
        log,
        onLogBehind,
        kafka,
        settings,
        logger: silentLogger,
        metrics: noMetrics,
      });
    });
    relays.forEach((relay) => relay.start());
    await eventually(() => relays.every((relay) => relay.isHealthy()), Boolean, 15_000);
    return new Relays(relays);
  }

  /** Waits until everything that is committed is in Kafka. */
  async published(): Promise<void> {
    for (const relay of this.relays)
      await eventually(
        () => relay.lag(),
        (facts) => facts === 0,
        30_000,
      );
  }

  async close(): Promise<void> {
    await Promise.all(this.relays.map((relay) => relay.close()));
  }
}

type Logs = ReadonlyArray<readonly [Service, Database]>;

/** The harness of the kafka transport, and what its own specs need beside that. */
export interface KafkaHarness extends TransportHarness {
  readonly addresses: KafkaAddresses;
  /** Of the logs in PostgreSQL, for the other transport. */
  readonly databases: Addresses;
  readonly kafka: Kafka;
  /** Commits facts and does not wait until they are published. */
  commit(facts: readonly FactToPublish[]): Promise<void>;
}

/** The harness on test servers that the spec file has started. */
export async function makeKafkaHarness(
  postgres: TestPostgres,
  { brokers, prefix }: Pick<KafkaAddresses, 'brokers' | 'prefix'>,
): Promise<KafkaHarness> {
  const databases = await createDatabases(postgres);
  for (const url of Object.values(databases.sources)) {
    await migrate({ name: url, ownerUrl: url, migrations: relayMigrations, applicationRole: role });
  }
  const addresses: KafkaAddresses = { consumer: databases.consumer, brokers, prefix };
  const open = (name: string, url: string): Promise<Database> =>
    Database.open({ name: `${name} ${randomUUID()}`, url, poolSize: 4 });
  const database = await open('look', databases.owner);
  const logs = await Promise.all(
    sources.map(async (service) => [service, await open(service, databases.sources[service])] as const),
  );
  const publisher = new Publisher(new Map<Service, Database>(logs));
  const relays = await Relays.start(addresses, logs);
  const kafka = connectKafka(settingsOf(addresses), 'harness', silentLogger);
  const commit = async (facts: readonly FactToPublish[]): Promise<void> => {
    for (const fact of facts) await publisher.publish(fact);
  };
  return {
    addresses,
    databases,
    kafka,
    consumer,
    database,
    commit,
    publish: (facts) => commit(facts).then(() => relays.published()),
    publishAndRollBack: async (facts) => {
      for (const fact of facts) await publisher.publishAndRollBack(fact);
      await relays.published();
    },
    redeliver: async () => {
      await database.query('UPDATE consumer_offsets SET position = 0');
    },
    transport: (options) => connectKafkaStrategy(addresses, options),
    interruptDatabase: () => postgres.restart(),
    dieBeforeCommit: () =>
      deathOf(fork(join(__dirname, 'dies-before-commit-on-kafka.ts'), [JSON.stringify(addresses)], typescript)),
    stop: async () => {
      await relays.close();
      await Promise.all([database, ...logs.map(([, log]) => log)].map((each) => each.close()));
    },
  };
}
