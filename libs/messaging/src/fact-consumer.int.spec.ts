import type { Database } from '@cofactor/event-store';
import { firstGeneration, type FactBatch } from './fact-batch';
import { Offsets } from './offsets';
import { startConsumerDatabase } from './test-consumer-database';
import { aFact } from './test-fact';
import { consumerWriting, effectsTable, effectsWritten } from './test-fact-consumer';

let database: Database;
let stop: () => Promise<void>;
const offsets = new Offsets('audit');

beforeAll(async () => {
  ({ database, stop } = await startConsumerDatabase());
  await database.query(effectsTable);
});
afterAll(() => stop());
beforeEach(() => database.query('TRUNCATE effects, inbox, consumer_offsets'));

const batch = (log: string, after: number, ...ids: readonly string[]): FactBatch => ({
  source: 'challenge',
  log,
  generation: firstGeneration,
  after,
  entries: ids.map((id, index) => ({ kind: 'fact', position: after + 2 * index + 1, fact: aFact(id) })),
});
const effects = (): Promise<string[]> => effectsWritten(database);

it('takes what follows its offset, with or without gaps, and answers where that ends', async () => {
  await offsets.stands(database, ['challenge/0']);
  expect(await consumerWriting(database).take(batch('challenge/0', 0, 'credential-a@1', 'credential-a@2'))).toBe(3);
  expect(await effects()).toEqual(['credential-a@1', 'credential-a@2']);
});

it('never takes what begins behind its offset, or is of another making of the log', async () => {
  await offsets.stands(database, ['challenge/0']);
  expect(await consumerWriting(database).take(batch('challenge/0', 5, 'credential-a@1'))).toBe(0);
  const made = { position: 0, generation: firstGeneration };
  await offsets.restart(database, 'challenge/0', made, { position: 0, generation: 2 });
  expect(await consumerWriting(database).take(batch('challenge/0', 0, 'credential-a@1'))).toBe(0);
  expect(await effects()).toEqual([]);
});

it('I1 has a fact that comes by two logs at the same time take effect once', async () => {
  await offsets.stands(database, ['challenge', 'challenge/0']);
  let handling = 0;
  let letGo = (): void => undefined;
  const bothHandle = new Promise<void>((resolve) => (letGo = resolve));
  const consumer = consumerWriting(database, () => {
    handling += 1;
    if (handling === 2) letGo();
    return bothHandle;
  });
  const answers = await Promise.all(
    ['challenge', 'challenge/0'].map((log) => consumer.take(batch(log, 0, 'credential-a@1', 'credential-b@1'))),
  );
  expect(await effects()).toEqual(['credential-a@1', 'credential-b@1']);
  expect(answers).toEqual([3, 3]);
});
