import type { Database } from '@cofactor/event-store';
import { Inbox } from './inbox';
import { ParkedFacts } from './parked-facts';
import { startConsumerDatabase } from './test-consumer-database';
import { aFact } from './test-fact';

jest.setTimeout(30_000);

const fact = aFact('credential-a@1');

let database: Database;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ database, stop } = await startConsumerDatabase());
});
afterAll(() => stop());

it('a fact that was listed as due is taken only while it still is: not once it failed again or was discarded', async () => {
  const parked = new ParkedFacts('audit', { attempts: 9, firstDelay: 60, longestDelay: 60 });
  expect(await parked.setAside(database, fact, new Error('no'))).toBe('retrying');
  const change = (to: string): Promise<unknown> => database.query(`UPDATE dead_letters SET ${to}`);
  await change('next_attempt_at = now()');
  const [id = ''] = await parked.due(database, 'challenge', 1);
  const taken = await parked.take(database, id);
  expect(taken).toMatchObject({ id, fact, attempts: 1 });
  if (taken) await parked.failedAgain(database, taken, new Error('no'));
  expect(await parked.take(database, id)).toBeNull();
  await change("next_attempt_at = now(), state = 'discarded'");
  expect(await parked.take(database, id)).toBeNull();
});

it('a fact that someone else is at work on is left alone', async () => {
  const parked = new ParkedFacts('audit', { attempts: 9, firstDelay: 0, longestDelay: 0 });
  await parked.setAside(database, aFact('credential-b@1'), new Error('no'));
  const [id = ''] = await parked.due(database, 'challenge', 1);
  await database.transaction(async (transaction) => {
    expect(await parked.take(transaction, id)).toMatchObject({ id });
    expect(await parked.take(database, id)).toBeNull();
    expect(await new Inbox('audit').read(database, 'challenge', ['credential-b'])).toBeNull();
  });
  expect(await parked.take(database, id)).toMatchObject({ id });
});
