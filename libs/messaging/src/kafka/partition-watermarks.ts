import { setTimeout as pause } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';

/** What a partition holds: offsets from `low` up to, and without, `high`. */
export interface Watermarks {
  readonly low: number;
  readonly high: number;
}

/** Milliseconds for one question to the broker. */
const patience = 5_000;

/** Asks the broker what topics there are and what they hold, over a connection of its own. */
export class TopicWatermarks {
  private connected: Promise<Admin> | null = null;

  constructor(private readonly kafka: Kafka) {}

  /** Those of the topics that exist. */
  async existing(topics: readonly string[]): Promise<readonly string[]> {
    const all = new Set(await this.ask((admin) => admin.listTopics()));
    return topics.filter((topic) => all.has(topic));
  }

  /** By partition. Throws where the topic does not exist. */
  async of(topic: string): Promise<ReadonlyMap<number, Watermarks>> {
    const partitions = await this.ask((admin) => admin.fetchTopicOffsets(topic));
    return new Map(partitions.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]));
  }

  async close(): Promise<void> {
    const { connected } = this;
    this.connected = null;
    await connected?.then((admin) => admin.disconnect()).catch(() => undefined);
  }

  /** After a failure the next question goes over a new connection. */
  private async ask<Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    const connected = (this.connected ??= this.connect());
    try {
      return await within(connected.then(question));
    } catch (error) {
      if (this.connected === connected) await this.close();
      throw error;
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin({ retry: { retries: 2, initialRetryTime: 100 } });
    await admin.connect();
    return admin;
  }
}

async function within<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const timer = new AbortController();
  const tooLate = pause(patience, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error('Kafka does not answer');
  });
  // The one that loses the race is not waited for.
  tooLate.catch(() => undefined);
  answer.catch(() => undefined);
  return Promise.race([answer, tooLate]).finally(() => timer.abort());
}
