import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '@cofactor/contracts';
import type { Batch, EachBatchPayload } from 'kafkajs';
import type { ConsumerDatabase } from '../consumer-database';
import { batchAfter, endOf } from '../fact-batch';
import { ConsumerClosing } from '../failures';
import type { Interruptions } from '../interruptions';
import type { MessagingLogger } from '../logger';
import type { Offsets, Stand } from '../offsets';
import { batchOf, highestGeneration } from './partition-batch';
import { whileBeating } from './partition-heartbeat';
import type { PartitionTurns } from './partition-turns';

/** Milliseconds. */
const busyPause = 100;
const firstPause = 100;
const longestPause = 5_000;
/** Between the beginnings of two batches that are not full: facts that come one by one gather meanwhile. */
const gathering = 50;

/** One partition of the topic of a service. */
export interface PartitionPlace {
  readonly source: Service;
  readonly topic: string;
  readonly partition: number;
  /** The name of its offset. */
  readonly log: string;
}

/** What a partition may ask of kafkajs. */
export interface PartitionControl {
  pause(): void;
  resume(): void;
  seek(position: number): void;
}

export interface PartitionParts {
  readonly offsets: Offsets;
  readonly database: ConsumerDatabase;
  readonly batchSize: number;
  readonly turns: PartitionTurns;
  readonly interruptions: Interruptions;
  readonly logger: MessagingLogger;
  readonly isClosing: () => boolean;
}

/**
 * A partition that this replica follows, from its assignment to the next one. What the row of its offset says is true,
 * whatever Kafka remembers: a batch that does not begin there is dropped and sought again.
 */
export class Partition {
  private stand: Stand | null = null;
  private atWork = false;
  private over = false;
  private nextPause = firstPause;
  /** Where taking failed; until it is passed the partition counts as interrupted. */
  private failedAt: number | null = null;
  private timer: NodeJS.Timeout | null = null;

  /** `locate` is asked for when the row has to be read again; it answers by `begin` or `fail`. */
  constructor(
    readonly place: PartitionPlace,
    private readonly parts: PartitionParts,
    private readonly control: PartitionControl,
    private readonly locate: (partition: Partition) => void,
  ) {
    control.pause();
  }

  /** Where it stands; null while that is not known, or a batch is in work. */
  get idleAt(): Stand | null {
    return this.atWork ? null : this.stand;
  }

  get position(): number | null {
    return this.stand?.position ?? null;
  }

  /** Goes on from here. */
  begin(stand: Stand): void {
    if (this.over) return;
    if (this.failedAt === null || stand.position > this.failedAt) this.goesOn();
    this.stand = stand;
    this.control.seek(stand.position);
    this.control.resume();
  }

  /** It is not known where to go on from. */
  fail(error: unknown): void {
    if (this.over) return;
    this.parts.interruptions.begin(this.place.log, [this.place.source], error);
    this.rest(this.growingPause());
  }

  /** It is assigned anew, to this replica or another; whatever comes from now on is dropped. */
  end(): void {
    this.over = true;
    this.stand = null;
    if (this.timer) clearTimeout(this.timer);
    this.parts.interruptions.end(this.place.log);
  }

  /** Takes what kafkajs has fetched. Throws only what kafkajs has to know. */
  async take(payload: EachBatchPayload): Promise<void> {
    const { stand } = this;
    if (stand === null || payload.isStale() || this.parts.isClosing()) return;
    if (fetchedOffset(payload.batch) !== stand.position) return this.rest(0);
    const began = performance.now();
    this.atWork = true;
    try {
      await whileBeating(
        () => payload.heartbeat(),
        (isLost) => this.takeAll(payload, stand, isLost).catch((error: unknown) => this.failed(error)),
      );
    } finally {
      this.atWork = false;
    }
    const early = began + gathering - performance.now();
    if (payload.batch.messages.length < this.parts.batchSize && early > 0) await pause(early);
  }

  private async takeAll(payload: EachBatchPayload, stand: Stand, isLost: () => boolean): Promise<void> {
    const { turns, batchSize, isClosing } = this.parts;
    const { messages } = payload.batch;
    const isWanted = (): boolean => payload.isRunning() && !isLost() && !isClosing();
    const generation = highestGeneration(messages);
    if (generation > stand.generation) return this.madeAnew(stand, generation);
    let left = batchOf(this.place, stand, messages);
    while (left.entries.length > 0 && isWanted()) {
      const next = { ...left, entries: left.entries.slice(0, batchSize) };
      const position = await turns.take(next, isWanted);
      if (position === 'unwanted') return;
      if (position === null) return this.rest(busyPause);
      if (position <= next.after || position > endOf(next)) return this.rest(0);
      this.goesOn();
      this.stand = { ...stand, position };
      payload.resolveOffset(String(position - 1));
      left = batchAfter(left, position);
    }
  }

  /** The topic was deleted and filled again: positions start at its beginning. What was seen is dropped by the inbox. */
  private async madeAnew(stand: Stand, generation: number): Promise<void> {
    const { offsets, database, logger } = this.parts;
    const { log, source } = this.place;
    await offsets.restart(database, log, stand, { position: 0, generation });
    logger.warn({ source, log, generation }, 'the topic was made anew; it is read from its beginning');
    this.rest(0);
  }

  private failed(error: unknown): void {
    if (error instanceof ConsumerClosing || this.over) return;
    this.failedAt = this.stand?.position ?? this.failedAt;
    this.fail(error);
  }

  /** Leaves the partition alone for a while, and the others not; then it goes on from its row. */
  private rest(milliseconds: number): void {
    if (this.over) return;
    this.stand = null;
    this.control.pause();
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.locate(this), milliseconds);
  }

  private growingPause(): number {
    const length = this.nextPause;
    this.nextPause = Math.min(length * 2, longestPause);
    return length;
  }

  private goesOn(): void {
    this.failedAt = null;
    this.nextPause = firstPause;
    this.parts.interruptions.end(this.place.log);
  }
}

/** Where kafkajs asked for; its types leave it out. */
const fetchedOffset = (batch: Batch): number =>
  Number((batch as Batch & { readonly fetchedOffset: string }).fetchedOffset);
