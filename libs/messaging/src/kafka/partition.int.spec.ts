import type { Database } from '@cofactor/event-store';
import type { Batch, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { noMetrics, silentLogger } from '../contract/logs-harness';
import { Interruptions } from '../interruptions';
import { Offsets, type Stand } from '../offsets';
import { startConsumerDatabase } from '../test-consumer-database';
import { aFact } from '../test-fact';
import { effectsTable, effectsWritten, takersWriting } from '../test-fact-consumer';
import { encodeMessage } from './message';
import { Partition } from './partition';
import { PartitionTurns } from './partition-turns';

const place = { source: 'challenge', topic: 'cofactor.challenge', partition: 0, log: 'challenge/0' } as const;
const offsets = new Offsets('audit');

let database: Database;
let stop: () => Promise<void>;
let asked: string[];

beforeAll(async () => {
  ({ database, stop } = await startConsumerDatabase());
  await database.query(effectsTable);
});
afterAll(() => stop());
beforeEach(async () => {
  await database.query('TRUNCATE effects, inbox, consumer_offsets');
  asked = [];
});

/** A partition that writes down what it asks of kafkajs and of its assignment. */
function aPartition(): { partition: Partition; located: Promise<void> } {
  let found = (): void => undefined;
  const located = new Promise<void>((resolve) => (found = resolve));
  const partition = new Partition(
    place,
    {
      offsets,
      database,
      batchSize: 100,
      turns: new PartitionTurns({ ...takersWriting(database), atOnce: 1, mostFacts: 100 }),
      interruptions: new Interruptions(silentLogger, noMetrics),
      logger: silentLogger,
      isClosing: () => false,
    },
    {
      pause: () => asked.push('pause'),
      resume: () => asked.push('resume'),
      seek: (position) => asked.push(`seek ${position}`),
    },
    () => found(),
  );
  return { partition, located };
}

/** What kafkajs hands over of facts from an offset on. */
function fetched(from: number, ...ids: readonly string[]): EachBatchPayload {
  const messages = ids.map((id, index) => {
    const { key, value, headers } = encodeMessage(aFact(id));
    return { key: Buffer.from(key), value: Buffer.from(value), headers, offset: String(from + index) } as KafkaMessage;
  });
  const batch = { topic: place.topic, partition: 0, fetchedOffset: String(from), messages };
  return {
    batch: batch as unknown as Batch,
    resolveOffset: (offset: string) => asked.push(`resolve ${offset}`),
    heartbeat: () => Promise.resolve(),
    isRunning: () => true,
    isStale: () => false,
    // Nothing else of it is used.
  } as unknown as EachBatchPayload;
}

const beginning: Stand = { position: 0, generation: 1 };

it('takes what was fetched from where it stands', async () => {
  await offsets.stands(database, [place.log]);
  const { partition } = aPartition();
  partition.begin(beginning);
  await partition.take(fetched(0, 'credential-a@1', 'credential-a@2'));
  expect(await effectsWritten(database)).toEqual(['credential-a@1', 'credential-a@2']);
  expect(asked).toEqual(['pause', 'seek 0', 'resume', 'resolve 1']);
  expect(partition.idleAt).toEqual({ position: 2, generation: 1 });
  partition.end();
});

it.each([1, 6])('drops what was fetched from elsewhere (offset %i), and asks where it stands', async (from) => {
  await offsets.stands(database, [place.log]);
  const stand = { position: 3, generation: 1 };
  await offsets.restart(database, place.log, beginning, stand);
  const { partition, located } = aPartition();
  partition.begin(stand);
  await partition.take(fetched(from, 'credential-a@1', 'credential-b@1', 'credential-c@1'));
  await located;
  expect(await effectsWritten(database)).toEqual([]);
  expect(await offsets.current(database, place.log)).toBe(3);
  expect(asked).toEqual(['pause', 'seek 3', 'resume', 'pause']);
  partition.end();
});

it('takes nothing before it is known where it stands, or after its end', async () => {
  await offsets.stands(database, [place.log]);
  const { partition } = aPartition();
  await partition.take(fetched(0, 'credential-a@1'));
  partition.begin(beginning);
  partition.end();
  partition.begin(beginning);
  await partition.take(fetched(0, 'credential-a@1'));
  expect(await effectsWritten(database)).toEqual([]);
});
