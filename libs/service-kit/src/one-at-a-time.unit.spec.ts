import { OneAtATime } from './one-at-a-time';

/** Work that ends when told, and what is under way. */
function controlled() {
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => async () => {
    running.push(name);
    await new Promise<void>((end) => ends.set(name, end));
    running.splice(running.indexOf(name), 1);
    return name;
  };
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { running, work, end };
}

describe('one at a time', () => {
  it('for each name, in order of arrival; other names do not wait', async () => {
    const { running, work, end } = controlled();
    const turns = new OneAtATime();
    const all = [
      turns.run('a', work('first')),
      turns.run('a', work('second')),
      turns.run('a', work('third')),
      turns.run('b', work('other')),
    ];
    await new Promise(setImmediate);
    expect(running).toEqual(['first', 'other']);
    await end('first');
    expect(running).toEqual(['other', 'second']);
    await end('second');
    await end('third');
    await end('other');
    expect(await Promise.all(all)).toEqual(['first', 'second', 'third', 'other']);
  });

  it('work that fails fails alone', async () => {
    const turns = new OneAtATime();
    const failing = turns.run('a', () => Promise.reject(new Error('no')));
    const next = turns.run('a', () => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });

  it('more than 200 waiting are turned away as busy, and nobody once the queue is empty', async () => {
    const { work, end } = controlled();
    const turns = new OneAtATime();
    const first = turns.run('a', work('first'));
    await new Promise(setImmediate);
    const waiting = Array.from({ length: 200 }, () => turns.run('a', () => Promise.resolve()));
    await expect(turns.run('a', () => Promise.resolve())).rejects.toMatchObject({ code: 'busy' });
    await end('first');
    await Promise.all([first, ...waiting]);
    await expect(turns.run('a', () => Promise.resolve('again'))).resolves.toBe('again');
  });
});
