import { Partitioners, type Admin, type Kafka, type KafkaMessage, type Message, type Producer } from 'kafkajs';

/** As many messages in one send as the relay puts into one, which is as many as it reads at once. */
export const batch = 1_000;

/** A message as it lies in a topic, and where. */
export type TopicMessage = Message & { readonly partition: number };

export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Calls the listener with the messages of a topic, from its beginning on, until it has had so many. */
export async function readTopic(
  kafka: Kafka,
  topic: string,
  length: number,
  take: (message: KafkaMessage, partition: number) => void,
): Promise<void> {
  // Groups of one reading each; they are forgotten with the broker.
  const consumer = kafka.consumer({ groupId: `bench-${topic}-${performance.now()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    let taken = 0;
    await new Promise<void>((resolve, reject) => {
      const ended = consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch: { messages, partition } }) => {
          for (const message of messages) take(message, partition);
          taken += messages.length;
          if (taken >= length) resolve();
        },
      });
      ended.catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}

/** A producer with the settings of the relay: each message once, in order, in every copy. */
export async function withProducer<T>(kafka: Kafka, work: (producer: Producer) => Promise<T>): Promise<T> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    return await work(producer);
  } finally {
    await producer.disconnect();
  }
}
