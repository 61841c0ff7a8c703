import type { Database, Sql } from '@cofactor/event-store';
import { eventually } from '@cofactor/testkit';
import { Inbox } from './inbox';
import { InboxReader } from './inbox-reader';
import { startConsumerDatabase } from './test-consumer-database';

jest.setTimeout(30_000);

let database: Database;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ database, stop } = await startConsumerDatabase());
});
afterAll(() => stop());

const inbox = new Inbox('audit');
const record = (version: number) => inbox.record(database, 'challenge', [{ stream: 'credential-a', version }]);
const applied = async (of = inbox, source = 'challenge') =>
  (await of.read(database, source, ['credential-a']))?.get('credential-a')?.applied ?? 0;

it('§6.8 the inbox moves on and never back', async () => {
  await record(4);
  await record(3);
  expect(await applied()).toBe(4);
  await record(5);
  expect(await applied()).toBe(5);
});

it('§6.8 each consumer has an inbox of its own for each source', async () => {
  await record(6);
  expect([await applied(), await applied(inbox, 'identity'), await applied(new Inbox('notification'))]).toEqual([
    6, 0, 0,
  ]);
});

it('I8 sees by itself what another replica has committed, well before its time is up', async () => {
  let looks = 0;
  const watched: Sql = {
    query: (statement, parameters) => database.query<never>(statement, parameters).finally(() => (looks += 1)),
  };
  const silent = new InboxReader({ database: watched, onCommit: () => () => undefined });
  const began = performance.now();
  const waiting = silent.waitFor('audit', ['credential-a@7'], 5_000);
  await eventually(
    () => looks,
    (count) => count > 0,
  );
  await record(7);
  expect(await waiting).toBe(true);
  expect(performance.now() - began).toBeLessThan(2_500);
});
