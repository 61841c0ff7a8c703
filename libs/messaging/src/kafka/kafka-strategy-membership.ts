import { setTimeout as pause } from 'node:timers/promises';
import {
  KafkaJSNonRetriableError,
  type Consumer,
  type EachBatchPayload,
  type IMemberAssignment,
  type Kafka,
} from 'kafkajs';
import type { PartitionControl } from './partition';

export interface MembershipOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Called for each division of the partitions, before anything of it is fetched. */
  readonly assigned: (assignment: IMemberAssignment, controlOf: Membership['controlOf']) => void;
  readonly take: (payload: EachBatchPayload) => Promise<void>;
}

/** Milliseconds. A replica that dies gives up its partitions after the first. */
const sessionTimeout = 6_000;
const heartbeatInterval = 1_500;
/** For ending the batches in work when the partitions are divided anew; a batch takes 2 s at most. */
const rebalanceTimeout = 6_000;
/** For the answer of a broker that has nothing new; what is new it sends at once. */
const maxWaitTimeInMs = 300;
/** Without a sign of life for so long the consumer is unhealthy, and after the second it is given up. */
const uneasyAfter = 8_000;
const hopelessAfter = 20_000;
const longestFarewell = 1_500;
/** More than the partitions of all topics: how many are in work at once is for `PartitionTurns`. */
const partitionsConsumedConcurrently = 64;

/**
 * One life of a kafkajs consumer as a member of its group, from joining to a crash or its end. It keeps no offsets and
 * does not restart itself.
 */
export class Membership {
  private readonly consumer: Consumer;
  private lastSign = performance.now();
  private joined = false;
  private isEnding = false;
  private begun: Promise<void> = Promise.resolve();
  private crash: (reason: Error) => void = () => undefined;
  /** Rejects when the consumer is lost. */
  readonly lost: Promise<never>;

  constructor(private readonly options: MembershipOptions) {
    this.consumer = options.kafka.consumer({
      groupId: options.groupId,
      sessionTimeout,
      heartbeatInterval,
      rebalanceTimeout,
      maxWaitTimeInMs,
      metadataMaxAge: 30_000,
      allowAutoTopicCreation: false,
      retry: { retries: 2, initialRetryTime: 100, restartOnFailure: () => Promise.resolve(false) },
    });
    this.lost = new Promise<never>((_, reject) => (this.crash = reject));
    this.lost.catch(() => undefined);
    const { CRASH, GROUP_JOIN, HEARTBEAT } = this.consumer.events;
    const sign = (): void => void (this.lastSign = performance.now());
    this.consumer.on(CRASH, ({ payload }) => this.crash(payload.error));
    this.consumer.on(HEARTBEAT, sign);
    this.consumer.on(GROUP_JOIN, ({ payload }) => {
      // It may have ended while it joined: another may follow the partitions by now.
      if (this.isEnding) return;
      sign();
      this.joined = true;
      options.assigned(payload.memberAssignment, this.controlOf);
    });
  }

  /** Joins the group. Rejects with what keeps it from that, where `lost` does not. */
  begin(): Promise<void> {
    this.begun = this.join();
    return this.begun;
  }

  get isWell(): boolean {
    return this.joined && performance.now() - this.lastSign < uneasyAfter;
  }

  get isHopeless(): boolean {
    return performance.now() - this.lastSign > hopelessAfter;
  }

  /** For the tools of operators, who look at the group's offsets in Kafka. */
  async commit(offsets: Array<{ topic: string; partition: number; offset: string }>): Promise<void> {
    if (offsets.length > 0) await this.consumer.commitOffsets(offsets).catch(() => undefined);
  }

  /** Leaves the group, also if it is just joining; of a broker that is away it takes no leave. */
  async end(offsets: Parameters<Membership['commit']>[0]): Promise<void> {
    this.isEnding = true;
    const left = this.begun
      .catch(() => undefined)
      .then(() => this.commit(offsets))
      .then(() => this.consumer.disconnect())
      .catch(() => undefined);
    const tooLate = new AbortController();
    const patience = pause(longestFarewell, undefined, { signal: tooLate.signal }).catch(() => undefined);
    await Promise.race([left, patience]);
    tooLate.abort();
  }

  private async join(): Promise<void> {
    await this.consumer.connect();
    if (this.isEnding) return;
    await this.consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    if (this.isEnding) return;
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently,
      eachBatch: this.options.take,
    });
  }

  readonly controlOf = (topic: string, partition: number): PartitionControl => {
    const only = [{ topic, partitions: [partition] }];
    return {
      pause: () => unlessStopped(() => this.consumer.pause(only)),
      resume: () => unlessStopped(() => this.consumer.resume(only)),
      seek: (position) => unlessStopped(() => this.consumer.seek({ topic, partition, offset: String(position) })),
    };
  };
}

/** A consumer that has stopped by itself has nothing to pause or seek, and says so by this error. */
function unlessStopped(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof KafkaJSNonRetriableError)) throw error;
  }
}
