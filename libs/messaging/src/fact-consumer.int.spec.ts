import type { Fact } from '@cofactor/contracts';
import type { Database } from '@cofactor/event-store';
import { ConsumerTransactions } from './consumer-transaction';
import { firstGeneration, type FactBatch } from './fact-batch';
import { FactConsumer } from './fact-consumer';
import { Handlers } from './handlers';
import { Inbox } from './inbox';
import { Offsets } from './offsets';
import { ParkedFacts } from './parked-facts';
import { startConsumerDatabase } from './test-consumer-database';
import { aFact } from './test-fact';
import { UnreadableMessages } from './unreadable-messages';

let database: Database;
let stop: () => Promise<void>;
const offsets = new Offsets('audit');

beforeAll(async () => {
  ({ database, stop } = await startConsumerDatabase());
  await database.query('CREATE TABLE effects (fact text)');
});
afterAll(() => stop());
beforeEach(() => database.query('TRUNCATE effects, inbox, consumer_offsets'));

/** A consumer whose handler writes the fact down and then does this. */
function consumerThat(afterwards: () => Promise<void> = () => Promise.resolve()): FactConsumer {
  const handlers = new Handlers();
  handlers.add('*', async ({ id }: Fact, { transaction }: { transaction: Database }) => {
    await transaction.query('INSERT INTO effects VALUES ($1)', [id]);
    await afterwards();
  });
  return new FactConsumer({
    transactions: new ConsumerTransactions(database, new AbortController().signal),
    offsets,
    inbox: new Inbox('audit'),
    parked: new ParkedFacts('audit', { attempts: 1, firstDelay: 1, longestDelay: 1 }),
    unreadable: new UnreadableMessages('audit'),
    handlers,
    metrics: { handled: () => undefined, setAside: () => undefined, interrupted: () => undefined },
    report: { fact: () => undefined, message: () => undefined },
    isClosing: () => false,
    committed: () => undefined,
  });
}

const batch = (log: string, after: number, ...ids: readonly string[]): FactBatch => ({
  source: 'challenge',
  log,
  generation: firstGeneration,
  after,
  entries: ids.map((id, index) => ({ kind: 'fact', position: after + 2 * index + 1, fact: aFact(id) })),
});
const effects = async (): Promise<string[]> =>
  (await database.query<{ fact: string }>('SELECT fact FROM effects')).map(({ fact }) => fact);

it('takes what follows its offset, with or without gaps, and answers where that ends', async () => {
  await offsets.stands(database, ['challenge/0']);
  expect(await consumerThat().take(batch('challenge/0', 0, 'credential-a@1', 'credential-a@2'))).toBe(3);
  expect(await effects()).toEqual(['credential-a@1', 'credential-a@2']);
});

it('never takes what begins behind its offset, or is of another making of the log', async () => {
  await offsets.stands(database, ['challenge/0']);
  expect(await consumerThat().take(batch('challenge/0', 5, 'credential-a@1'))).toBe(0);
  const made = { position: 0, generation: firstGeneration };
  await offsets.restart(database, 'challenge/0', made, { position: 0, generation: 2 });
  expect(await consumerThat().take(batch('challenge/0', 0, 'credential-a@1'))).toBe(0);
  expect(await effects()).toEqual([]);
});

it('I1 has a fact that comes by two logs at the same time take effect once', async () => {
  await offsets.stands(database, ['challenge', 'challenge/0']);
  let handling = 0;
  let letGo = (): void => undefined;
  const bothHandle = new Promise<void>((resolve) => (letGo = resolve));
  const consumer = consumerThat(() => {
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
