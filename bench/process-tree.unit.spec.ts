import { ticksIn } from './process-tree';

describe('ticksIn', () => {
  const line = (name: string) =>
    `4242 (${name}) S 1 4242 4242 0 -1 4194560 1 2 3 4 700 80 9 1 20 0 11 0 3063387 2998272 390 18446744073709551615`;

  it('adds the time in its own code and in the kernel, its own and that of children that have ended', () => {
    expect(ticksIn(line('node'))).toBe(790);
  });

  it('is not misled by a name with blanks and brackets in it', () => {
    expect(ticksIn(line('a) S 9 (b'))).toBe(790);
  });

  it('is nothing for a process that has ended', () => {
    expect(ticksIn('')).toBe(0);
  });
});
