import { randomUUID } from 'node:crypto';
import type { Fact } from '@cofactor/contracts';
import { Database, eventStoreMigrations, migrate, PostgresEventStore, PostgresFactLog } from '@cofactor/event-store';
import type { TestPostgres } from '@cofactor/testkit';
import { Kafka, logLevel, type Admin, type Consumer } from 'kafkajs';
import type { MessagingLogger } from '../logger';
import { aFact } from '../test-fact';
import { connectKafka, kafkaSettings } from './connection';
import { decodeMessage, generationOf } from './message';
import { OutboxRelay } from './relay';
import { relayMigrations } from './relay-migrations';
import { keepsEverything } from './topics';

const role = 'relay_application';
const password = 'only-for-tests';
const service = 'challenge';

/** Where a relay finds what it needs. */
export interface RelayPlaces {
  readonly url: string;
  readonly brokers: string;
  readonly prefix: string;
}

/** A fact as it came out of the topic. */
export interface PublishedFact {
  readonly fact: Fact;
  readonly generation: number;
  readonly partition: number;
}

/** A database with a log and the relay's tables, under a role that has only the rights that they give. */
export async function createLog(postgres: TestPostgres): Promise<string> {
  const { url, name } = await postgres.createDatabase();
  const owner = await Database.open({ name: `owner of ${name}`, url, poolSize: 1 });
  await owner.query(`DO $$ BEGIN CREATE ROLE ${role} LOGIN PASSWORD '${password}';
    EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
  await owner.close();
  const migrations = [...eventStoreMigrations, ...relayMigrations];
  await migrate({ name, ownerUrl: url, migrations, applicationRole: role });
  return Object.assign(new URL(url), { username: role, password }).href;
}

/** A relay with connections of its own, as one replica has it. */
export class Replica {
  readonly warnings: string[] = [];
  readonly errors: string[] = [];
  readonly infos: string[] = [];
  readonly relay: OutboxRelay;

  private constructor(
    private readonly database: Database,
    { brokers, prefix }: RelayPlaces,
    variables: Readonly<Record<string, string>>,
  ) {
    const settings = kafkaSettings.parse({ KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix, ...variables });
    const logger: MessagingLogger = {
      info: (_fields, message) => this.infos.push(message),
      warn: ({ errorMessage, differences }, message) =>
        this.warnings.push(`${message} (${errorMessage ?? differences})`),
      error: ({ differences = null }, message) =>
        this.errors.push(differences === null ? message : `${message} (${differences})`),
    };
    this.relay = new OutboxRelay({
      service,
      database,
      log: new PostgresFactLog({ database, service }),
      onLogBehind: ({ message }) => this.errors.push(message),
      kafka: connectKafka(settings, service, { ...logger, warn: () => undefined, info: () => undefined }),
      settings,
      logger,
      metrics: { setAside: () => undefined, interrupted: () => undefined },
    });
  }

  static async start(places: RelayPlaces, variables: Readonly<Record<string, string>> = {}): Promise<Replica> {
    const database = await Database.open({ name: `relay ${randomUUID()}`, url: places.url, poolSize: 4 });
    const replica = new Replica(database, places, variables);
    replica.relay.start();
    return replica;
  }

  async stop(): Promise<void> {
    await this.relay.close();
    await this.database.close();
  }
}

/** Appends to the log, and reads what arrives in its topic. */
export class RelayBench {
  private readonly versions = new Map<string, number>();
  private readonly consumer: Consumer;
  /** In the order of arrival; that is the order of the topic for each partition. */
  readonly arrived: PublishedFact[] = [];
  readonly topic: string;

  private constructor(
    readonly places: RelayPlaces,
    readonly database: Database,
    readonly kafka: Kafka,
    readonly admin: Admin,
  ) {
    this.topic = `${places.prefix}${service}`;
    this.consumer = kafka.consumer({
      groupId: `${places.prefix}${randomUUID()}`,
      maxWaitTimeInMs: 200,
      retry: { retries: 20 },
    });
  }

  static async open(places: RelayPlaces): Promise<RelayBench> {
    const database = await Database.open({ name: `bench ${randomUUID()}`, url: places.url, poolSize: 2 });
    const kafka = new Kafka({ brokers: [places.brokers], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    const admin = kafka.admin();
    await admin.connect();
    return new RelayBench(places, database, kafka, admin);
  }

  /** As an operator makes it; what is not said otherwise keeps everything. */
  async makeTopic(numPartitions: number, settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const configEntries = Object.entries({ ...keepsEverything, ...settings }).map(([name, value]) => ({ name, value }));
    await this.admin.createTopics({ topics: [{ topic: this.topic, numPartitions, configEntries }] });
  }

  /** So many facts at the end of each stream. */
  async append(streams: readonly string[], count = 1, data: unknown = {}): Promise<void> {
    const store = new PostgresEventStore({ database: this.database, service });
    await Promise.all(
      streams.map(async (stream) => {
        const expectedVersion = this.versions.get(stream) ?? 0;
        this.versions.set(stream, expectedVersion + count);
        const events = Array.from({ length: count }, () => {
          const { type, schemaVersion, at, envelope } = aFact(`${stream}@1`);
          return { id: randomUUID(), type, schemaVersion, at, envelope, data };
        });
        const snapshot = { stateVersion: 1, state: {} };
        await store.append({ streams: [{ stream, expectedVersion, events, snapshot }] });
      }),
    );
  }

  /** Reads the topic, which must be there, from its beginning on. */
  async follow(): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: this.topic, fromBeginning: true });
    await this.consumer.run({
      eachMessage: async ({ message, partition }) => {
        const fact = decodeMessage(service, message);
        this.arrived.push({ fact, generation: generationOf(message), partition });
      },
    });
  }

  /** Messages in the topic; 0 also while there is none, or one without leaders. */
  async size(): Promise<number> {
    const offsets = await this.admin.fetchTopicOffsets(this.topic).catch(() => []);
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  }

  async close(): Promise<void> {
    await Promise.all([this.consumer.disconnect(), this.admin.disconnect(), this.database.close()]);
  }
}

/** The versions of a stream in the order in which a consumer that drops repeats takes them. */
export function versionsOf(stream: string, arrived: readonly PublishedFact[]): number[] {
  const versions = arrived.filter(({ fact }) => fact.stream === stream).map(({ fact }) => fact.version);
  return versions.filter((version, index) => version > Math.max(0, ...versions.slice(0, index)));
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
