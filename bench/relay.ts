import { eventStoreMigrations, PostgresFactLog, type Database } from '@cofactor/event-store';
import { connectKafka, kafkaSettings, OutboxRelay, relayMigrations } from '@cofactor/messaging';
import { startKafka } from '@cofactor/local-servers';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { extendLog } from './challenge-log';
import { startServer, withDatabase } from './databases';
import { batch, readTopic, withAdmin, withProducer, type TopicMessage } from './kafka-topic';
import { compare, type Result } from './measure';
import type { Scale } from './scale';

const silence = { info: () => undefined, warn: () => undefined, error: () => undefined };
const noMetrics = { setAside: () => undefined, interrupted: () => undefined };
/** Milliseconds between two looks how far the relay is. */
const lookEvery = 5;
const partitions = 6;

interface Places {
  readonly database: Database;
  readonly brokers: string;
}

interface Published {
  readonly topic: string;
  readonly perSecond: number;
}

/**
 * A relay that has published nothing takes the whole log into a topic of its own. The time runs from its first batch, which
 * connects and makes the topic, to the last.
 */
async function publish({ database, brokers }: Places, length: number): Promise<Published> {
  const prefix = `bench-${randomUUID()}.`;
  const topic = `${prefix}challenge`;
  const settings = kafkaSettings.parse({ KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix });
  const relay = new OutboxRelay({
    onLogBehind: (error) => {
      throw error;
    },
    service: 'challenge',
    database,
    log: new PostgresFactLog({ database, service: 'challenge' }),
    kafka: connectKafka(settings, 'bench', silence),
    settings,
    logger: silence,
    metrics: noMetrics,
  });
  const position = async (): Promise<number> => {
    const [row] = await database.query<{ position: number }>('SELECT position FROM relay WHERE topic = $1', [topic]);
    return row?.position ?? 0;
  };
  const reached = async (wanted: number): Promise<{ readonly position: number; readonly at: number }> => {
    for (;;) {
      const now = await position();
      if (now >= wanted) return { position: now, at: performance.now() };
      await pause(lookEvery);
    }
  };
  relay.start();
  try {
    const first = await reached(1);
    const last = await reached(length);
    return { topic, perSecond: ((last.position - first.position) / (last.at - first.at)) * 1000 };
  } finally {
    await relay.close();
  }
}

/** The messages that the relay makes of the log, in an order in which it could have sent them. */
async function messagesOf(kafka: Kafka, topic: string, length: number): Promise<readonly TopicMessage[]> {
  const messages: { readonly position: number; readonly message: TopicMessage }[] = [];
  await readTopic(kafka, topic, length, ({ key, value, headers = {} }, partition) => {
    const texts = Object.entries(headers).map(([name, header]) => [name, String(header)] as const);
    const message = { key: String(key), value: String(value), headers: Object.fromEntries(texts), partition };
    messages.push({ position: Number(message.headers['ce_position']), message });
  });
  return messages.sort((one, other) => one.position - other.position).map(({ message }) => message);
}

/** The same messages in batches of the same size into a topic like the relay's, and nothing else. From the first batch on. */
function sendBare(kafka: Kafka, messages: readonly TopicMessage[]): Promise<number> {
  const topic = `bench-${randomUUID()}.bare`;
  const configEntries = [
    { name: 'retention.ms', value: '-1' },
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
  ];
  return withProducer(kafka, async (producer) => {
    await withAdmin(kafka, (admin) =>
      admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] }),
    );
    const send = (from: number) => producer.send({ topic, acks: -1, messages: messages.slice(from, from + batch) });
    await send(0);
    const began = performance.now();
    for (let from = batch; from < messages.length; from += batch) await send(from);
    return ((messages.length - batch) / (performance.now() - began)) * 1000;
  });
}

/** Facts per second out of a log into Kafka, against a producer that has them ready as messages. */
export async function* relay({ rounds, relayedFacts }: Scale): AsyncGenerator<Result> {
  const server = await startServer();
  const broker = await startKafka({ dataFolder: null, port: 0, logFile: null });
  try {
    const { url, ownerUrl } = await server.createDatabase('relayed', [...eventStoreMigrations, ...relayMigrations]);
    await extendLog(ownerUrl, relayedFacts);
    const kafka = connectKafka(kafkaSettings.parse({ KAFKA_BROKERS: broker.brokers }), 'bench', silence);
    yield await withDatabase({ name: 'relayed', url, poolSize: 4 }, async (database) => {
      const places = { database, brokers: broker.brokers };
      const messages = await messagesOf(kafka, (await publish(places, relayedFacts)).topic, relayedFacts);
      return compare({
        name: `relay, a log of ${relayedFacts.toLocaleString('en-GB')}`,
        unit: 'facts/s',
        better: 'more',
        rounds,
        ours: async () => (await publish(places, relayedFacts)).perSecond,
        floor: () => sendBare(kafka, messages),
        aim: { shareOfFloor: 0.7 },
      });
    });
  } finally {
    await broker.stop();
    await server.stop();
  }
}
