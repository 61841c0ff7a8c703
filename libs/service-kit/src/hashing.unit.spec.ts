import { DomainError } from '@cofactor/contracts';
import { randomBytes } from 'node:crypto';
import { Hashing } from './hashing';

const hashing = (waiting: number) => Hashing.create({ concurrency: 1, waiting }, randomBytes);

/** Holds one place of the queue until it is let go. */
function hold(queue: Hashing): { readonly done: Promise<void>; readonly letGo: () => void } {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  return { done: queue.withPlace(() => held), letGo };
}

describe('hashing', () => {
  it('R10 is argon2id with 19 MiB, two passes, one lane, and a salt of its own for each', async () => {
    const queue = await hashing(1);
    const [one, two] = await queue.withPlace((hasher) => Promise.all([hasher.hash('secret'), hasher.hash('secret')]));
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await queue.withPlace((hasher) => hasher.matches(one ?? '', 'secret'))).toBe(true);
    expect(await queue.withPlace((hasher) => hasher.matches(one ?? '', 'Secret'))).toBe(false);
  });

  it('R27 has a dummy with the same parameters, which nothing matches', async () => {
    const queue = await hashing(1);
    expect(queue.dummyHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await queue.withPlace((hasher) => hasher.matches(queue.dummyHash, ''))).toBe(false);
  });

  it('answers busy at once when the queue is full, and goes on in order when a place is free', async () => {
    const queue = await hashing(1);
    const first = hold(queue);
    const second = queue.withPlace(() => Promise.resolve('second'));
    await expect(queue.withPlace(() => Promise.resolve('third'))).rejects.toEqual(
      new DomainError('busy', { retryAfter: 3 }),
    );
    first.letGo();
    await first.done;
    await expect(second).resolves.toBe('second');
    await expect(queue.withPlace(() => Promise.resolve('fourth'))).resolves.toBe('fourth');
  });

  it('leaves half of the queue to others, whoever fills the rest', async () => {
    const queue = await hashing(4);
    const first = hold(queue);
    const work = (name: string) => () => Promise.resolve(name);
    const flood = ['one', 'two', 'three'].map((name) => queue.withPlace(work(name), 'a flooder'));
    await expect(flood[2]).rejects.toEqual(new DomainError('busy', { retryAfter: 3 }));
    const honest = [queue.withPlace(work('sam'), 'a practice'), queue.withPlace(work('own work'))];
    await expect(queue.withPlace(work('too late'), 'another practice')).rejects.toMatchObject({ code: 'busy' });
    first.letGo();
    await expect(Promise.all([...flood.slice(0, 2), ...honest])).resolves.toEqual(['one', 'two', 'sam', 'own work']);
    const second = hold(queue);
    const again = queue.withPlace(work('one again'), 'a flooder');
    second.letGo();
    await expect(again).resolves.toBe('one again');
  });

  it('frees the place of work that failed', async () => {
    const queue = await hashing(0);
    await expect(queue.withPlace(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(queue.withPlace(() => Promise.resolve('next'))).resolves.toBe('next');
  });
});
