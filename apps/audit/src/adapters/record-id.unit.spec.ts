import { recordIdOf } from './record-id';

describe('the id of a record', () => {
  it('is the same for every delivery, at most 40 characters, and tells apart', () => {
    expect(recordIdOf('fact-1', 'riverside')).toBe(recordIdOf('fact-1', 'riverside'));
    expect(recordIdOf('fact-1', 'riverside')).toMatch(/^[\w-]{40}$/);
    expect(new Set([recordIdOf('a', 'bc'), recordIdOf('ab', 'c'), recordIdOf('a', 'cb')]).size).toBe(3);
  });
});
