import type { Service } from '@cofactor/contracts';
import type { EachBatchPayload, IMemberAssignment } from 'kafkajs';
import type { Stand } from '../offsets';
import { Partition, type PartitionControl, type PartitionParts, type PartitionPlace } from './partition';
import type { TopicWatermarks, Watermarks } from './partition-watermarks';

export interface AssignmentParts extends PartitionParts {
  readonly watermarks: TopicWatermarks;
  /** Whose facts they hold, by topic. */
  readonly topics: ReadonlyMap<string, Service>;
}

/** The name of the offset of a partition. */
export const logOf = (source: Service, partition: number): string => `${source}/${partition}`;

/** The partitions that this replica follows at present. */
export class Assignment {
  private partitions: readonly Partition[] = [];
  private readonly committed = new Map<string, number>();
  private readonly atWork = new Set<Promise<void>>();

  constructor(private readonly parts: AssignmentParts) {}

  /**
   * Follows these and no others from now on, each from where its offset says. Resolves when that is known of each, or
   * each has said that it is not.
   */
  assign(
    assignment: IMemberAssignment,
    controlOf: (topic: string, partition: number) => PartitionControl,
  ): Promise<void> {
    this.end();
    this.partitions = [...this.parts.topics].flatMap(([topic, source]) =>
      (assignment[topic] ?? []).map((partition) => {
        const place = { source, topic, partition, log: logOf(source, partition) };
        return new Partition(place, this.parts, controlOf(topic, partition), (each) => void this.locate([each]));
      }),
    );
    return this.locate(this.partitions);
  }

  /** Whatever was fetched before has no effect any more. */
  end(): void {
    this.partitions.forEach((partition) => partition.end());
    this.partitions = [];
    this.committed.clear();
  }

  /** For kafkajs' eachBatch. */
  async take(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    const is = ({ place }: Partition): boolean => place.topic === topic && place.partition === partition;
    const work = this.partitions.find(is)?.take(payload) ?? Promise.resolve();
    this.atWork.add(work);
    await work.finally(() => this.atWork.delete(work));
  }

  /** Resolves when no batch is in work. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.atWork);
  }

  /** Finds offsets that someone has set elsewhere: an operator, or the replica that had the partition before. */
  async look(): Promise<void> {
    const idle = this.partitions.filter(({ idleAt }) => idleAt !== null);
    const stands = await this.parts.offsets.known(
      this.parts.database,
      idle.map(({ place }) => place.log),
    );
    const moved = idle.filter(({ place, idleAt }) => {
      const stand = stands.get(place.log);
      return idleAt !== null && stand !== undefined && stand.position !== idleAt.position;
    });
    if (moved.length > 0) await this.locate(moved);
  }

  /** Positions to tell Kafka, which its tools show; nothing depends on them. */
  uncommitted(): Array<{ topic: string; partition: number; offset: string }> {
    return this.partitions.flatMap(({ place: { topic, partition, log }, position }) => {
      if (position === null || this.committed.get(log) === position) return [];
      this.committed.set(log, position);
      return [{ topic, partition, offset: String(position) }];
    });
  }

  private async locate(partitions: readonly Partition[]): Promise<void> {
    try {
      const stands = await this.stands(partitions.map(({ place }) => place));
      for (const partition of partitions) {
        const stand = stands.get(partition.place.log);
        if (stand) partition.begin(stand);
        else partition.fail(new Error(`${partition.place.topic} has no partition ${partition.place.partition}`));
      }
    } catch (error) {
      partitions.forEach((partition) => partition.fail(error));
    }
  }

  /** Where the rows stand, once each stands within what its partition holds. */
  private async stands(places: readonly PartitionPlace[]): Promise<ReadonlyMap<string, Stand>> {
    const { offsets, database, watermarks } = this.parts;
    const logs = places.map(({ log }) => log);
    // Asked for in this order, so that a row beyond the end of its partition is no row that has moved meanwhile.
    const stands = await offsets.stands(database, logs);
    const topics = [...new Set(places.map(({ topic }) => topic))];
    const held = new Map(await Promise.all(topics.map(async (topic) => [topic, await watermarks.of(topic)] as const)));
    const found = new Map<string, Stand>();
    for (const place of places) {
      const stand = stands.get(place.log);
      const holds = held.get(place.topic)?.get(place.partition);
      if (stand && holds) found.set(place.log, await this.within(place, stand, holds));
    }
    return found;
  }

  /** Nothing stands beyond the end of a topic that is still the same, or before its beginning. */
  private async within({ log, source }: PartitionPlace, stand: Stand, { low, high }: Watermarks): Promise<Stand> {
    const { offsets, database, logger } = this.parts;
    if (stand.position >= low && stand.position <= high) return stand;
    const fields = { source, log, position: stand.position, low, high };
    if (stand.position > high)
      logger.warn(fields, 'the partition is shorter than it was; it is read from its beginning');
    else logger.error(fields, 'the partition has lost its first messages; it is read from what is left');
    const restarted = { ...stand, position: low };
    await offsets.restart(database, log, stand, restarted);
    return restarted;
  }
}
