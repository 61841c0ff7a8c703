import { eventually } from './eventually';

describe('eventually', () => {
  it('answers the first value that holds', async () => {
    let reads = 0;
    await expect(
      eventually(
        () => ++reads,
        (count) => count === 3,
      ),
    ).resolves.toBe(3);
  });

  it('gives up with the last value read', async () => {
    await expect(
      eventually(
        () => 'still amber',
        () => false,
        20,
      ),
    ).rejects.toThrow('still amber');
  });
});
