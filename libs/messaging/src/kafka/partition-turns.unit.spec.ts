import { Turns } from './partition-turns';

it('lets so many work at once, and the others in their order, also after one that fails', async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends: Array<(error?: Error) => void> = [];
  const works = [0, 1, 2, 3].map((index) =>
    turns.run(() => {
      begun.push(index);
      return new Promise<void>((resolve, reject) => {
        ends[index] = (error) => (error ? reject(error) : resolve());
      });
    }),
  );
  expect(begun).toEqual([0, 1]);
  ends[1]?.(new Error('no'));
  await expect(works[1]).rejects.toThrow('no');
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  await works[0];
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[2]?.();
  ends[3]?.();
  await Promise.all([works[2], works[3]]);
  await turns.run(() => Promise.resolve());
});
