import { pauseBefore } from './reconnecting';

describe('pauseBefore', () => {
  it('is short at first, grows, and never passes two seconds', () => {
    expect([1, 2, 3, 6, 7, 1e6].map((attempt) => pauseBefore(attempt, 1))).toEqual([100, 200, 400, 2000, 2000, 2000]);
  });

  it('differs between those that lost the connection together', () => {
    expect([0, 0.5, 1].map((random) => pauseBefore(9, random))).toEqual([1000, 1500, 2000]);
  });
});
