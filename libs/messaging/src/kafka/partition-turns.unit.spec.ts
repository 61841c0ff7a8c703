import { endOf, firstGeneration, type FactBatch } from '../fact-batch';
import { aFact } from '../test-fact';
import { PartitionTurns } from './partition-turns';

const batch = (partition: number, facts = 1): FactBatch => ({
  source: 'challenge',
  log: `challenge/${partition}`,
  generation: firstGeneration,
  after: 0,
  entries: Array.from({ length: facts }, (_none, index) => ({
    kind: 'fact',
    position: index + 1,
    fact: aFact(`credential-${partition}@${index + 1}`),
  })),
});
const wanted = (): boolean => true;

/** Turns that write down which logs they took in which transaction; each transaction ends when it is told to. */
function someTurns({ atOnce = 1, mostFacts = 100, sharing = true } = {}) {
  const taken: string[][] = [];
  const ends: Array<(error?: Error) => void> = [];
  const work = (batches: readonly FactBatch[]): Promise<void> =>
    new Promise((resolve, reject) => {
      taken.push(batches.map(({ log }) => log));
      ends.push((error) => (error ? reject(error) : resolve()));
    });
  const turns = new PartitionTurns({
    alone: { take: (one) => work([one]).then(() => endOf(one)) },
    shared: {
      take: (batches) =>
        work(batches).then(() => (sharing ? new Map(batches.map((each) => [each.log, endOf(each)])) : null)),
    },
    atOnce,
    mostFacts,
  });
  /** Lets the works that wait begin, and ends the first that has not ended. */
  const end = async (error?: Error): Promise<void> => {
    await tick();
    ends.shift()?.(error);
    await tick();
  };
  return { turns, taken, end };
}
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

it('takes together what comes together, and what comes while no turn is free', async () => {
  const { turns, taken, end } = someTurns();
  const first = [0, 1].map((partition) => turns.take(batch(partition, partition + 1), wanted));
  await tick();
  const later = [2, 3].map((partition) => turns.take(batch(partition), wanted));
  await end();
  expect(await Promise.all(first)).toEqual([1, 2]);
  await end();
  expect(await Promise.all(later)).toEqual([1, 1]);
  expect(taken).toEqual([
    ['challenge/0', 'challenge/1'],
    ['challenge/2', 'challenge/3'],
  ]);
});

it('has so many in work at once, and goes on after one that fails, which all of its batches learn', async () => {
  const { turns, taken, end } = someTurns({ atOnce: 2 });
  const failing = [0, 1].map((partition) => turns.take(batch(partition), wanted));
  await tick();
  const second = turns.take(batch(2), wanted);
  await tick();
  const third = turns.take(batch(3), wanted);
  await tick();
  expect(taken).toHaveLength(2);
  const outcomes = Promise.allSettled(failing);
  await end(new Error('the database is away'));
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(taken).toHaveLength(3);
  await end();
  await end();
  expect(await Promise.all([second, third])).toEqual([1, 1]);
});

it('takes no more facts together than fit, and never two batches of one log', async () => {
  const { turns, taken, end } = someTurns({ mostFacts: 10 });
  const all = [batch(0, 6), batch(1, 4), batch(2, 1), batch(2, 1), batch(3, 11)].map((each) =>
    turns.take(each, wanted),
  );
  for (let count = 0; count < 4; count += 1) await end();
  await Promise.all(all);
  expect(taken).toEqual([['challenge/0', 'challenge/1'], ['challenge/2'], ['challenge/2'], ['challenge/3']]);
});

it('takes them one by one where they cannot be taken together, as long as they are wanted', async () => {
  const { turns, taken, end } = someTurns({ sharing: false });
  let isWanted = true;
  const answers = Promise.all(
    [0, 1, 2].map((partition) => turns.take(batch(partition), () => partition < 2 || isWanted)),
  );
  await end();
  isWanted = false;
  await end();
  await end();
  expect(await answers).toEqual([1, 1, 'unwanted']);
  expect(taken).toEqual([['challenge/0', 'challenge/1', 'challenge/2'], ['challenge/0'], ['challenge/1']]);
});

it('leaves out what is not wanted any more when its turn comes', async () => {
  const { turns, taken, end } = someTurns();
  const answers = Promise.all([0, 1, 2].map((partition) => turns.take(batch(partition), () => partition !== 1)));
  await end();
  expect(await answers).toEqual([1, 'unwanted', 1]);
  expect(taken).toEqual([['challenge/0', 'challenge/2']]);
});
