import type { Database } from '@cofactor/event-store';
import { DeadLetters } from './dead-letters';
import { ParkedFacts } from './parked-facts';
import { startConsumerDatabase } from './test-consumer-database';
import { aFact } from './test-fact';

jest.setTimeout(30_000);

let database: Database;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ database, stop } = await startConsumerDatabase());
});
afterAll(() => stop());

const parked = new ParkedFacts('audit', { attempts: 9, firstDelay: 0, longestDelay: 0 });
const idsAndStates = () =>
  database.query<{ id: string; state: string }>(
    "SELECT fact ->> 'id' AS id, state FROM dead_letters ORDER BY stream, version",
  );

it('§6.12 a fact that was put aside gives way to the one that has its version in a newer epoch', async () => {
  await parked.setAside(database, aFact('a@1', { id: 'first' }), new Error('no'));
  await parked.keepWaiting(database, 'challenge', [aFact('a@2', { id: 'lost' }), aFact('a@3', { id: 'lost too' })]);
  await parked.keepWaiting(database, 'challenge', [aFact('a@2', { id: 'kept', epoch: 2 })]);
  await parked.keepWaiting(database, 'challenge', [aFact('a@2', { id: 'late', epoch: 1 })]);
  expect(await idsAndStates()).toEqual([
    { id: 'first', state: 'retrying' },
    { id: 'kept', state: 'waiting' },
    { id: 'lost too', state: 'waiting' },
  ]);
});

it('§6.12 what was discarded in an older epoch does not swallow it', async () => {
  const [row] = await database.query<{ id: string }>("SELECT id::text FROM dead_letters WHERE fact ->> 'id' = 'first'");
  await new DeadLetters(database).discard(row?.id ?? '', 'for the test');
  await parked.setAside(database, aFact('a@1', { id: 'again', epoch: 2 }), new Error('no'));
  expect((await idsAndStates())[0]).toEqual({ id: 'again', state: 'retrying' });
});
