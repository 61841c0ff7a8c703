import type { Fact, Service } from '@cofactor/contracts';

/** A message that is no fact of its service. Its content stays where it came from (I4). */
export interface RefusedMessage {
  readonly topic: string;
  readonly partition: number;
  /** Kafka's, from 0. */
  readonly offset: number;
  /** Bytes of the content. */
  readonly size: number;
  /** What is wrong with it, without a value of it. */
  readonly error: string;
}

/** What stands at one position of a log. A position is larger than every earlier one of its log, and at least 1. */
export type LogEntry =
  | { readonly kind: 'fact'; readonly position: number; readonly fact: Fact }
  | { readonly kind: 'unreadable'; readonly position: number; readonly message: RefusedMessage };

/** Of a log that was made once. */
export const firstGeneration = 1;

/** Entries that follow each other in one log: that of a service, or one partition of its topic. */
export interface FactBatch {
  /** Whose facts they are; the inbox is kept by it, so that it does not matter by which log a fact comes. */
  readonly source: Service;
  /** The name of the log; a consumer has one position in each. */
  readonly log: string;
  /** Which making of the log it is: positions of one generation mean nothing in another. */
  readonly generation: number;
  /** The position that the entries follow; nothing lies between. */
  readonly after: number;
  readonly entries: readonly LogEntry[];
}

/** The part of a batch above a position. */
export const batchAfter = (batch: FactBatch, position: number): FactBatch =>
  position <= batch.after
    ? batch
    : { ...batch, after: position, entries: batch.entries.filter((entry) => entry.position > position) };

/** The position of the last entry; that which the batch follows when it is empty. */
export const endOf = ({ entries, after }: FactBatch): number => entries.at(-1)?.position ?? after;

/** The facts of a batch with their positions, in their order. */
export const positionsOf = ({ entries }: FactBatch): Map<Fact, number> =>
  new Map(entries.flatMap((entry) => (entry.kind === 'fact' ? [[entry.fact, entry.position] as const] : [])));
