import type { Service } from '@cofactor/contracts';
import type { Kafka } from 'kafkajs';
import type { Interruptions } from '../interruptions';
import { Wake } from '../wake';
import { Membership } from './kafka-strategy-membership';
import type { Assignment } from './partition-assignment';
import type { TopicWatermarks } from './partition-watermarks';

export interface KafkaLoopOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  /** Whose facts they hold, by topic. */
  readonly topics: ReadonlyMap<string, Service>;
  readonly assignment: Assignment;
  readonly watermarks: TopicWatermarks;
  readonly interruptions: Interruptions;
}

/** Milliseconds. */
const lookEvery = 1_000;
const firstPause = 100;
const longestPause = 5_000;

const broker = 'broker';

/**
 * Keeps this replica a member of its consumer group, whatever becomes of the broker or the topics: a membership that is
 * lost is followed by another after a growing pause.
 */
export class KafkaLoop {
  private readonly wake = new Wake();
  private closing = false;
  private pause = firstPause;
  private membership: Membership | null = null;
  private running: Promise<void> = Promise.resolve();
  private close: () => void = () => undefined;
  private readonly closed = new Promise<void>((resolve) => (this.close = resolve));

  constructor(private readonly options: KafkaLoopOptions) {}

  get isWell(): boolean {
    return !this.closing && this.membership?.isWell === true;
  }

  start(): void {
    this.running = this.run();
  }

  /** Takes no further batch. Resolves when those in work are over and the group is left. */
  async stop(): Promise<void> {
    this.closing = true;
    this.close();
    this.wake.call();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.closing) {
      try {
        await this.follow();
      } catch (error) {
        this.options.interruptions.begin(broker, [...this.options.topics.values()], error);
        await this.wake.wait(this.pause);
        this.pause = Math.min(this.pause * 2, longestPause);
      }
    }
    await this.options.assignment.idle();
  }

  /** One membership; until it is lost, the loop is closed, or a topic appears that was missing. */
  private async follow(): Promise<void> {
    const { kafka, groupId, assignment, interruptions } = this.options;
    const existing = await this.existingTopics();
    if (existing.length === 0) return void (await this.wake.wait(lookEvery));
    const membership = new Membership({
      kafka,
      groupId,
      topics: existing,
      take: (payload) => assignment.take(payload),
      assigned: (division, controlOf) => {
        this.pause = firstPause;
        const placed = assignment.assign(division, controlOf);
        void placed.then(() => this.membership === membership && interruptions.end(broker));
      },
    });
    this.membership = membership;
    try {
      const attended = membership.begin().then(() => this.attend(membership, existing.length));
      attended.catch(() => undefined);
      await Promise.race([membership.lost, this.closed, attended]);
    } finally {
      this.membership = null;
      if (this.closing) await assignment.idle();
      const offsets = assignment.uncommitted();
      assignment.end();
      await membership.end(offsets);
    }
  }

  private async attend(membership: Membership, topics: number): Promise<void> {
    const { assignment } = this.options;
    while (!this.closing && this.membership === membership) {
      await this.wake.wait(lookEvery);
      if (membership.isHopeless) throw new Error('the consumer group gives no sign of life');
      void membership.commit(assignment.uncommitted());
      // That the database is away is noticed by those who need it.
      await assignment.look().catch(() => undefined);
      if (topics < this.options.topics.size && (await this.existingTopics()).length > topics) return;
    }
  }

  /** Those of the topics that exist; that one does not counts as an interruption. */
  private async existingTopics(): Promise<readonly string[]> {
    const { topics, watermarks, interruptions } = this.options;
    const existing = await watermarks.existing([...topics.keys()]);
    for (const [topic, source] of topics) {
      if (existing.includes(topic)) interruptions.end(topic);
      else interruptions.begin(topic, [source], new Error(`there is no topic ${topic} yet`));
    }
    return existing;
  }
}
