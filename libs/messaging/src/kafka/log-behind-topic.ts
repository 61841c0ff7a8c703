import type { Fact, Service } from '@cofactor/contracts';
import type { Sql } from '@cofactor/event-store';
import type { Kafka } from 'kafkajs';
import type { FactLog } from '../fact-log';
import { RelayPosition } from './relay-position';
import { readTopic } from './topic-reader';
import { topicOf } from './topics';

/** The end of a log: facts behind it were not committed to it. */
export interface LogEnd {
  readonly epoch: number;
  readonly position: number;
}

export interface PublishedLog {
  readonly service: Service;
  /** With the log and the tables of its relay. */
  readonly database: Sql;
  readonly log: Pick<FactLog, 'head'> & { readonly epoch: () => Promise<number> };
  readonly kafka: Kafka;
  readonly prefix: string;
}

/** A log that lacks facts that it had published: its database came back from a backup (DESIGN §6.12). */
export class LogBehindTopic extends Error {
  override readonly name = 'LogBehindTopic';
}

/** Whether a fact lies beyond the end of a log in the epoch that the log is in, or in a later one. Pure. */
export const isBeyond = (fact: Pick<Fact, 'epoch' | 'position'>, end: LogEnd): boolean =>
  fact.epoch > end.epoch || (fact.epoch === end.epoch && fact.position > end.position);

/**
 * A fact is committed before it is published. So one in the topic that lies beyond the end of the log proves that the
 * log lost it, and LogBehindTopic is thrown. Reads only what the topic has beyond the place that the relay has noted:
 * mostly nothing. Notes what it found for `isKnownWhole`. Throws another error where Kafka does not answer.
 */
export async function refuseLogBehindTopic({ service, database, log, kafka, prefix }: PublishedLog): Promise<void> {
  const relay = new RelayPosition(topicOf(prefix, service));
  const [place, from] = [await relay.place(database), await relay.ends(database)];
  let last: LogEnd = { epoch: 0, position: 0 };
  await readTopic({ kafka, prefix, service, from }, ({ epoch, position }) => {
    if (isBeyond({ epoch, position }, last)) last = { epoch, position };
  });
  // After the topic: whatever stood there had been committed by then.
  const end = { epoch: await log.epoch(), position: await log.head() };
  const isBehind = isBeyond(last, end);
  await relay.noteWhole(database, isBehind ? null : place);
  if (isBehind) throw new LogBehindTopic(`the log of ${service} lacks facts that it had published`);
}

/** Whether no backup can have been brought back since the topic was last asked, without asking it. */
export function isKnownWhole({ service, database, prefix }: Pick<PublishedLog, 'service' | 'database' | 'prefix'>) {
  return new RelayPosition(topicOf(prefix, service)).isKnownWhole(database);
}

/** The position in the log up to which it is noted that everything was published; 0 for nothing. */
export async function relayedUpTo(database: Sql, prefix: string, service: Service): Promise<number> {
  return (await new RelayPosition(topicOf(prefix, service)).progress(database)).position;
}
