import { sharedLook } from './shared-look';

describe('a shared look', () => {
  it('is taken once for all who ask while it is under way, and again for who comes later', async () => {
    let looks = 0;
    let end = (): void => undefined;
    const ask = sharedLook(async () => {
      looks += 1;
      await new Promise<void>((resolve) => (end = resolve));
      return looks;
    });
    const together = [ask(), ask(), ask()];
    end();
    expect(await Promise.all(together)).toEqual([1, 1, 1]);
    const later = ask();
    end();
    expect(await later).toBe(2);
  });

  it('that fails fails for all who asked, and is taken again', async () => {
    const outcomes = [Promise.reject(new Error('away')), Promise.resolve('there')];
    outcomes[0]?.catch(() => undefined);
    const ask = sharedLook(async () => outcomes.shift());
    expect(await Promise.allSettled([ask(), ask()])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(await ask()).toBe('there');
  });
});
