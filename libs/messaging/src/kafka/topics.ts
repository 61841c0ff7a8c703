import type { Service } from '@cofactor/contracts';
import { KafkaJSAggregateError, type Admin } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaSettings } from './connection';

/** A topic as it is made when it is missing. */
export interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
}

const mostLooks = 20;
/** Milliseconds. */
const betweenLooks = 100;

/** The settings of a topic that forgets nothing: a restore reads from it what was destroyed (docs/adr/0010). */
export const keepsEverything = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' } as const;

/** How many copies must have a message before a send is answered. */
export const copiesInStep = (replication: number): number => Math.max(1, replication - 1);

/** The topic with the facts of a service. */
export const topicOf = (prefix: string, service: Service): string => `${prefix}${service}`;

export const topicPlan = (settings: KafkaSettings, service: Service): TopicPlan => ({
  topic: topicOf(settings.KAFKA_TOPIC_PREFIX, service),
  partitions: settings.KAFKA_PARTITIONS,
  replication: settings.KAFKA_REPLICATION,
});

/**
 * Makes the topic if it is missing: it keeps everything for ever, and a send waits for all copies but one. Throws what
 * the broker has against it.
 */
export async function makeTopic(admin: Admin, { topic, partitions, replication }: TopicPlan): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) return;
  const configuration = {
    ...keepsEverything,
    'min.insync.replicas': String(copiesInStep(replication)),
    // A broker refuses times far from its own; the clock of a service must not keep a fact from being published.
    'message.timestamp.type': 'LogAppendTime',
  };
  const configEntries = Object.entries(configuration).map(([name, value]) => ({ name, value }));
  const topics = [{ topic, numPartitions: partitions, replicationFactor: replication, configEntries }];
  await admin.createTopics({ topics }).catch((error: unknown) => {
    throw error instanceof KafkaJSAggregateError ? (error.errors[0] ?? error) : error;
  });
  await untilLed(admin, topic);
}

/** A topic that was just made answers only when each partition has its leader: milliseconds later, or many of them. */
async function untilLed(admin: Admin, topic: string): Promise<void> {
  for (let tries = 1; tries < mostLooks; tries += 1) {
    const isLed = await admin.fetchTopicOffsets(topic).then(
      () => true,
      () => false,
    );
    if (isLed) return;
    await pause(betweenLooks);
  }
}

/** The offset that the next message of each partition will have. Throws where there is no such topic. */
export async function endsOfTopic(admin: Admin, topic: string): Promise<readonly number[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  const ends = new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
  return [...ends.keys()].sort((one, other) => one - other).map((partition) => ends.get(partition) ?? 0);
}
