import { fixedClock } from '@cofactor/testkit';
import { DataKeyCache } from './data-key-cache';

const dataKey = (id: string) => ({ id, key: Buffer.alloc(32) });

describe('the cache of data keys', () => {
  it('holds a key for less than 60 seconds', () => {
    const clock = fixedClock('2026-03-01T09:30:00.000Z');
    const cache = new DataKeyCache(clock);
    cache.set('person', dataKey('a'));
    clock.advance(59.999);
    expect(cache.get('person')?.id).toBe('a');
    clock.advance(0.001);
    expect(cache.get('person')).toBeNull();
  });

  it('counts from when a key was unwrapped, not from its last use', () => {
    const clock = fixedClock('2026-03-01T09:30:00.000Z');
    const cache = new DataKeyCache(clock);
    cache.set('first', dataKey('a'));
    clock.advance(30);
    cache.set('second', dataKey('b'));
    cache.get('first');
    clock.advance(30);
    expect([cache.get('first'), cache.get('second')?.id]).toEqual([null, 'b']);
  });

  it('lets go of a key when the clock was set back', () => {
    const clock = fixedClock('2026-03-01T09:30:00.000Z');
    const cache = new DataKeyCache(clock);
    cache.set('person', dataKey('a'));
    clock.advance(-1);
    expect(cache.get('person')).toBeNull();
  });

  it('holds ten thousand at most, and drops the oldest', () => {
    const cache = new DataKeyCache(fixedClock('2026-03-01T09:30:00.000Z'));
    for (let person = 0; person <= 10_000; person += 1) cache.set(`${person}`, dataKey('a'));
    expect(cache.get('0')).toBeNull();
    expect(cache.get('1')).not.toBeNull();
    expect(cache.get('10000')).not.toBeNull();
  });

  it('forgets at once when told', () => {
    const cache = new DataKeyCache(fixedClock('2026-03-01T09:30:00.000Z'));
    cache.set('person', dataKey('a'));
    cache.forget('person');
    expect(cache.get('person')).toBeNull();
  });
});
