import type { Fact } from '@cofactor/contracts';
import { encodeMessage, type FactMessage } from './message';

/** A message and where it goes. */
export interface PlacedMessage extends FactMessage {
  readonly partition: number;
}

/** What is done with the next facts of a log: a part of them, in its order. */
export interface RelayBatch {
  readonly sent: readonly Fact[];
  /** The messages of `sent`. */
  readonly messages: readonly PlacedMessage[];
  /** Behind a fact of their stream that is held. */
  readonly behind: readonly Fact[];
  /** Of the last fact in the batch. */
  readonly position: number;
}

export interface RelayBatchRules {
  readonly heldStreams: ReadonlySet<string>;
  readonly generation: number;
  /** Of the topic when this generation began; later ones stay empty, so that no stream ever changes its partition. */
  readonly partitions: number;
  /** Messages in one send. */
  readonly most: number;
}

/** Bytes for one partition in one send: a broker takes a little more than a million, unless told otherwise. */
const mostBytes = 900_000;
/** Bytes of the headers, roughly. */
const headerBytes = 500;

/** Arranges facts for one send. Pure. */
export function arrange(facts: readonly Fact[], rules: RelayBatchRules): RelayBatch {
  const [sent, messages, behind]: [Fact[], PlacedMessage[], Fact[]] = [[], [], []];
  const bytes = new Map<number, number>();
  let position = 0;
  for (const fact of facts) {
    if (rules.heldStreams.has(fact.stream)) {
      behind.push(fact);
    } else {
      const message = place(fact, rules);
      const before = bytes.get(message.partition) ?? 0;
      const after = before + Buffer.byteLength(message.value) + headerBytes;
      if (messages.length === rules.most || (before > 0 && after > mostBytes)) break;
      bytes.set(message.partition, after);
      sent.push(fact);
      messages.push(message);
    }
    position = fact.position;
  }
  return { sent, messages, behind, position };
}

/** The message of a fact, bound for the partition of its stream. Pure. */
export const place = (
  fact: Fact,
  { generation, partitions }: Pick<RelayBatchRules, 'generation' | 'partitions'>,
): PlacedMessage => ({ ...encodeMessage(fact, generation), partition: partitionOf(fact.stream, partitions) });

/** FNV-1a, 32 bits. Which partition a stream has must never change, or its facts would overtake each other. */
export function partitionOf(stream: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(stream)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % partitions;
}

/** Messages that had been sent are no longer in the topic: it was deleted, made anew, or cut. */
export class TopicLostMessages extends Error {
  override readonly name = 'TopicLostMessages';
}

/** Whether a topic, by the ends of its partitions, has lost what was sent to it before. Pure. */
export const hasLost = (sentTo: readonly number[], found: readonly number[]): boolean =>
  sentTo.some((end, partition) => (found[partition] ?? -1) < end);

/** The broker's answer for one partition: the offset that the first message of the send was given; null if unknown. */
export interface Written {
  readonly partition: number;
  readonly first: number | null;
}

/**
 * The ends of a topic after messages were written behind `ends`. Throws TopicLostMessages when they were given offsets
 * that earlier ones had, and Error when a partition is missing in the answer: kafkajs resolves although it has sent
 * nothing to a partition whose leader moved to a broker that had answered before. Pure.
 */
export function endsAfter(
  ends: readonly number[],
  messages: readonly PlacedMessage[],
  answer: readonly Written[],
): readonly number[] {
  const counts = new Map<number, number>();
  for (const { partition } of messages) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  const first = new Map(answer.map((written) => [written.partition, written.first]));
  const moved = [...ends];
  for (const [partition, count] of counts) {
    const offset = first.get(partition);
    const end = ends[partition] ?? 0;
    if (offset === undefined) throw new Error(`Kafka did not say what became of partition ${partition}`);
    if (offset !== null && offset < end) throw new TopicLostMessages('offsets are given out again');
    moved[partition] = offset === null ? end : offset + count;
  }
  return moved;
}
