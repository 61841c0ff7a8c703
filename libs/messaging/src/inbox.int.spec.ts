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
const record = (version: number) =>
  inbox.record(database, 'challenge', [{ stream: 'credential-a', version, epoch: 1 }]);
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

describe('§6.12 after a restore', () => {
  const stream = 'credential-restored';
  const at = (version: number, epoch: number) => ({ stream, version, epoch });
  const advance = (...facts: readonly ReturnType<typeof at>[]) => inbox.advance(database, 'challenge', facts);
  const seen = async () => (await inbox.read(database, 'challenge', [stream]))?.get(stream);

  it('a stream goes back with the first facts of a new epoch, and never with those of an old one', async () => {
    expect(await advance(at(1, 1), at(2, 1), at(3, 1), at(4, 1))).toBe(true);
    expect(await advance(at(3, 2))).toBe(true);
    expect(await seen()).toEqual({ epoch: 2, applied: 3, parked: null });
    expect(await advance(at(4, 1))).toBe(false);
    expect(await advance(at(3, 2))).toBe(false);
    await inbox.record(database, 'challenge', [at(9, 1)]);
    expect(await seen()).toEqual({ epoch: 2, applied: 3, parked: null });
    expect(await advance(at(4, 2), at(5, 2))).toBe(true);
    expect(await seen()).toEqual({ epoch: 2, applied: 5, parked: null });
  });

  it('a new epoch leaves no gap behind it', async () => {
    expect(await advance(at(7, 3))).toBe(false);
    expect(await advance(at(6, 3))).toBe(true);
  });
});

it('I8 §6.12 a version that was seen in an older epoch is not the one that a newer epoch gave out again', async () => {
  const stream = 'credential-read';
  const reader = new InboxReader({ database, onCommit: () => () => undefined });
  const hasSeen = (position: string) => reader.waitFor('audit', [position], 0);
  await inbox.record(database, 'challenge', [{ stream, version: 4, epoch: 1 }]);
  expect(await Promise.all(['@4', '@3.1790000000', '@4.1790000000'].map((at) => hasSeen(stream + at)))).toEqual([
    true,
    false,
    false,
  ]);
  await inbox.record(database, 'challenge', [{ stream, version: 3, epoch: 1_790_000_000 }]);
  const positions = ['@3.1790000000', '@4.1790000000', '@2.1790000000', '@3.1790000001', '@4'];
  expect(await Promise.all(positions.map((at) => hasSeen(stream + at)))).toEqual([true, false, true, false, true]);
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
