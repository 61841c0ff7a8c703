import { setTimeout as pause } from 'node:timers/promises';
import type { Admin, Kafka, Producer, RecordMetadata } from 'kafkajs';
import { Partitioners } from 'kafkajs';
import { endsAfter, type PlacedMessage, type Written } from './relay-batch';
import { lookAtTopic, type TopicWatch } from './topic-settings';
import { endsOfTopic, makeTopic, type TopicPlan } from './topics';

/** Milliseconds. A look and a send together stay below what PostgreSQL lets a transaction wait for. */
const patience = { connecting: 8_000, asking: 4_000, parting: 1_000 } as const;
/** Milliseconds between looks at a topic that nothing is wrong with. */
const lookEvery = 10_000;

interface Connection {
  readonly producer: Producer;
  readonly admin: Admin;
}

/** The topic of one log, as its relay sees it. Connects when told to, and anew after every error. */
export class RelayTopic {
  private connection: Connection | null = null;
  private lookedAt = -Infinity;

  constructor(
    private readonly kafka: Kafka,
    private readonly plan: TopicPlan,
    private readonly watch: TopicWatch,
    /** Ends what is under way and can be left undone: everything but a send. */
    private readonly closing: AbortSignal,
  ) {}

  /** Whether it is time to see that the topic is there and whole. */
  get wantsLook(): boolean {
    return performance.now() - this.lookedAt > lookEvery;
  }

  /** Does nothing when it is connected. */
  async connect(): Promise<void> {
    if (this.connection !== null) return;
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // Each message says where it goes.
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    this.connection = { producer, admin: this.kafka.admin() };
    await this.use(patience.connecting, this.closing, ({ admin }) => both([producer.connect(), admin.connect()]));
  }

  /** Makes the topic if it is missing, and answers the ends of its partitions. */
  async look(): Promise<readonly number[]> {
    const ends = await this.use(patience.asking, this.closing, async ({ admin }) => {
      await makeTopic(admin, this.plan);
      this.watch.note(await lookAtTopic(admin, this.plan));
      return endsOfTopic(admin, this.plan.topic);
    });
    this.lookedAt = performance.now();
    return ends;
  }

  /** Sends to all copies that are in step, and answers the ends of the partitions after it. Throws as `endsAfter`. */
  async send(messages: readonly PlacedMessage[], ends: readonly number[]): Promise<readonly number[]> {
    const answer = await this.use(patience.asking, null, ({ producer }) =>
      producer.send({ topic: this.plan.topic, acks: -1, messages: [...messages] }),
    );
    return endsAfter(ends, messages, answer.map(written));
  }

  async close(): Promise<void> {
    const { connection } = this;
    this.connection = null;
    this.lookedAt = -Infinity;
    if (connection !== null) await within(patience.parting, null, part(connection)).catch(() => undefined);
  }

  /**
   * A producer is never used after an error: kafkajs takes back the sequence numbers of a failed send also for the
   * partitions that were written, and the broker would take the next messages there for repeats and drop them (I1).
   */
  private async use<Answer>(
    milliseconds: number,
    abort: AbortSignal | null,
    ask: (connection: Connection) => Promise<Answer>,
  ): Promise<Answer> {
    const { connection } = this;
    if (connection === null) throw new Error('Kafka is not connected');
    const answer = ask(connection);
    try {
      return await within(milliseconds, abort, answer);
    } catch (error) {
      await this.close();
      // What was not waited for may have connected again meanwhile, and would stay so for ten minutes.
      void answer.catch(() => undefined).then(() => part(connection));
      throw error;
    }
  }
}

const part = ({ producer, admin }: Connection): Promise<unknown> =>
  Promise.allSettled([producer.disconnect(), admin.disconnect()]);

/** Waits for both, also when one fails. */
async function both(connected: readonly [Promise<void>, Promise<void>]): Promise<void> {
  await Promise.allSettled(connected);
  await Promise.all(connected);
}

/** An offset below 0 means that the broker has seen the messages before and no longer knows where. */
const written = ({ partition, baseOffset }: RecordMetadata): Written => ({
  partition,
  first: baseOffset === undefined || Number(baseOffset) < 0 ? null : Number(baseOffset),
});

async function within<Answer>(
  milliseconds: number,
  abort: AbortSignal | null,
  answer: Promise<Answer>,
): Promise<Answer> {
  const over = new AbortController();
  const signal = abort === null ? over.signal : AbortSignal.any([over.signal, abort]);
  const late = pause(milliseconds, undefined, { signal, ref: false }).then(() => {
    throw new Error('Kafka does not answer');
  });
  // Whichever loses is not waited for.
  late.catch(() => undefined);
  answer.catch(() => undefined);
  return Promise.race([answer, late]).finally(() => over.abort());
}
