import type { Database } from '@cofactor/event-store';
import { firstGeneration, type FactBatch, type LogEntry } from './fact-batch';
import { Offsets } from './offsets';
import { ParkedFacts } from './parked-facts';
import { startConsumerDatabase } from './test-consumer-database';
import { aFact } from './test-fact';
import { effectsTable, effectsWritten, takersWriting } from './test-fact-consumer';

let database: Database;
let stop: () => Promise<void>;
const offsets = new Offsets('audit');
const logs = ['challenge/0', 'challenge/1', 'identity/0'] as const;

beforeAll(async () => {
  ({ database, stop } = await startConsumerDatabase());
  await database.query(effectsTable);
});
afterAll(() => stop());
beforeEach(async () => {
  await database.query('TRUNCATE effects, inbox, consumer_offsets, dead_letters');
  await offsets.stands(database, logs);
});

const ofChallenge = (log: string, ...ids: readonly string[]): FactBatch => ({
  source: 'challenge',
  log,
  generation: firstGeneration,
  after: 0,
  entries: ids.map((id, index) => ({ kind: 'fact', position: index + 1, fact: aFact(id) })),
});
const first = ofChallenge('challenge/0', 'credential-a@1', 'credential-a@2');
const second = ofChallenge('challenge/1', 'credential-b@1');
const ofIdentity: FactBatch = {
  ...ofChallenge('identity/0'),
  source: 'identity',
  entries: [
    { kind: 'fact', position: 1, fact: aFact('sign-in-c@1', { service: 'identity', type: 'sign-in.started' }) },
  ],
};

const share = (...batches: readonly FactBatch[]) => takersWriting(database).shared.take(batches);
const positions = async (): Promise<readonly number[]> => {
  const stands = await offsets.known(database, logs);
  return logs.map((log) => stands.get(log)?.position ?? NaN);
};
const nothingDone = async (): Promise<void> => {
  expect(await effectsWritten(database)).toEqual([]);
  expect(await database.query('SELECT FROM inbox')).toEqual([]);
};

it('takes batches of several logs, of several services too, in one transaction', async () => {
  expect(await share(first, second, ofIdentity)).toEqual(
    new Map([
      ['challenge/0', 2],
      ['challenge/1', 1],
      ['identity/0', 1],
    ]),
  );
  expect(await effectsWritten(database)).toEqual(['credential-a@1', 'credential-a@2', 'credential-b@1', 'sign-in-c@1']);
  expect(await database.query('SELECT DISTINCT xmin FROM effects')).toHaveLength(1);
  expect(await positions()).toEqual([2, 1, 1]);
  expect(await database.query('SELECT source, stream, version FROM inbox ORDER BY stream')).toEqual([
    { source: 'challenge', stream: 'credential-a', version: 2 },
    { source: 'challenge', stream: 'credential-b', version: 1 },
    { source: 'identity', stream: 'sign-in-c', version: 1 },
  ]);
});

const unreadable: LogEntry = {
  kind: 'unreadable',
  position: 1,
  message: { topic: 'cofactor.challenge', partition: 1, offset: 0, size: 1, error: 'it is none' },
};

it.each<[string, FactBatch]>([
  ['begins behind its offset', { ...second, after: 5 }],
  ['is of another making of its log', { ...second, generation: 2 }],
  ['holds a message that is no fact', { ...second, entries: [unreadable] }],
  ['leaves out a version', ofChallenge('challenge/1', 'credential-b@1', 'credential-b@3')],
  ['begins with a later version', ofChallenge('challenge/1', 'credential-b@2')],
  ['is of a log that has no offset', { ...second, log: 'challenge/7' }],
])('I1 does nothing where one of them %s', async (_name, odd) => {
  expect(await share(first, odd)).toBeNull();
  await nothingDone();
  expect(await positions()).toEqual([0, 0, 0]);
});

it('I1 does nothing where the facts may have been taken before, by an offset that was set back', async () => {
  const [beginning, end] = [
    { position: 0, generation: firstGeneration },
    { position: 1, generation: firstGeneration },
  ];
  await offsets.restart(database, second.log, beginning, end);
  await offsets.restart(database, second.log, end, beginning);
  expect(await share(first, second)).toBeNull();
  await nothingDone();
});

it('I1 does nothing where a fact of the service is put aside, which later ones may have to wait behind', async () => {
  const parked = new ParkedFacts('audit', { attempts: 1, firstDelay: 1, longestDelay: 1 });
  await parked.setAside(database, aFact('credential-z@1'), new Error('no'));
  expect(await share(first, second)).toBeNull();
  await nothingDone();
});

it('does nothing where another replica is at work on one of the logs', async () => {
  await database.transaction(async (transaction) => {
    await offsets.claim(transaction, [second.log]);
    expect(await share(first, second)).toBeNull();
  });
  await nothingDone();
});

it('does nothing where a handler fails, and neither does it when the database is asked for what is wrong', async () => {
  const { shared } = takersWriting(database, () => Promise.reject(new Error('no')));
  expect(await shared.take([first, second])).toBeNull();
  await nothingDone();
});

it('I1 has a fact that comes by another log at the same time take effect once', async () => {
  let handling = 0;
  let letGo = (): void => undefined;
  const bothHandle = new Promise<void>((resolve) => (letGo = resolve));
  const { alone, shared } = takersWriting(database, () => {
    handling += 1;
    if (handling === 3) letGo();
    return handling < 2 ? Promise.resolve() : bothHandle;
  });
  const again: FactBatch = { ...first, log: 'identity/0' };
  await Promise.all([shared.take([first, second]), alone.take(again)]);
  const effects = await effectsWritten(database);
  expect(effects.filter((id) => id === 'credential-a@1')).toHaveLength(1);
  expect(effects.filter((id) => id === 'credential-a@2')).toHaveLength(1);
});
