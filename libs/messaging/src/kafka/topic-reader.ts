import type { Fact, Service } from '@cofactor/contracts';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { decodeMessage, UnreadableMessage } from './message';
import { endsOfTopic, topicOf } from './topics';

/** Milliseconds without a message, with some to come. */
const patience = 30_000;
/** A broker that has just started still loads who is in which group. */
const retry = { retries: 10, initialRetryTime: 100, maxRetryTime: 1_000 } as const;

export interface TopicReading {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly service: Service;
  /** The offset to begin with, by partition; 0 where none is named. */
  readonly from: readonly number[];
}

/**
 * Every fact that stands in the topic of a service at this moment, in the order of each stream, repeats included; none
 * where there is no such topic. What is no fact is passed over, and counted in the answer. Joins no group that anybody else is in, and moves no
 * offset. Throws where Kafka does not answer.
 */
export async function readTopic(reading: TopicReading, each: (fact: Fact) => void): Promise<number> {
  const { kafka, prefix, service, from } = reading;
  const topic = topicOf(prefix, service);
  const groupId = `${prefix}reading-${randomUUID()}`;
  const admin = kafka.admin();
  await admin.connect();
  try {
    if (!(await admin.listTopics()).includes(topic)) return 0;
    const ends = await endsOfTopic(admin, topic);
    const open = new Map([...ends.entries()].filter(([partition, end]) => end > (from[partition] ?? 0)));
    if (open.size === 0) return 0;
    const unreadable = await readUpTo({ ...reading, topic, groupId }, open, each);
    await admin.deleteGroups([groupId]).catch(() => undefined);
    return unreadable;
  } finally {
    await admin.disconnect();
  }
}

/** `open`: the offset behind the last message to read, by partition; a partition is taken out when it is read. */
async function readUpTo(
  { kafka, service, from, topic, groupId }: TopicReading & { readonly topic: string; readonly groupId: string },
  open: Map<number, number>,
  each: (fact: Fact) => void,
): Promise<number> {
  let unreadable = 0;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200, retry });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('Kafka does not answer')), patience);
      const take = ({ batch }: EachBatchPayload): void => {
        late.refresh();
        const end = open.get(batch.partition) ?? 0;
        for (const message of batch.messages)
          if (Number(message.offset) < end && !passOn(service, message, each)) unreadable += 1;
        if (Number(batch.lastOffset()) + 1 >= end) open.delete(batch.partition);
        if (open.size > 0) return;
        clearTimeout(late);
        resolve();
      };
      consumer.on('consumer.crash', ({ payload }) => {
        if (payload.restart) return;
        clearTimeout(late);
        reject(payload.error);
      });
      consumer
        .run({ autoCommit: false, eachBatch: async (payload) => take(payload) })
        .then(() => from.forEach((offset, partition) => consumer.seek({ topic, partition, offset: String(offset) })))
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return unreadable;
}

/** False for what is no fact. */
function passOn(
  service: Service,
  message: EachBatchPayload['batch']['messages'][number],
  each: (fact: Fact) => void,
): boolean {
  try {
    each(decodeMessage(service, message));
    return true;
  } catch (error) {
    if (!(error instanceof UnreadableMessage)) throw error;
    return false;
  }
}
