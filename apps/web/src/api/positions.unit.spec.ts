import { readAfter, remember } from './positions';

describe('positions (I8)', () => {
  it('sends back what writes answered', () => {
    const positions = remember(new Map(), 'person-1@3, session-2@1');
    expect(readAfter(positions)).toBe('person-1@3, session-2@1');
  });

  it('keeps the largest version of a stream', () => {
    const positions = remember(remember(new Map(), 'person-1@3'), 'person-1@2');
    expect(readAfter(positions)).toBe('person-1@3');
  });

  it('§6.12 keeps what was written since a restore, though it has a smaller version', () => {
    const before = remember(new Map(), 'person-1@7');
    const since = remember(before, 'person-1@5.1790000000');
    expect(readAfter(since)).toBe('person-1@5.1790000000');
    expect(readAfter(remember(since, 'person-1@8'))).toBe('person-1@5.1790000000');
    expect(readAfter(remember(since, 'person-1@6.1790000000'))).toBe('person-1@6.1790000000');
  });

  it('asks for nothing before the first write', () => {
    expect(readAfter(new Map())).toBeNull();
    expect(readAfter(remember(new Map(), 'nonsense, @1, a@b'))).toBeNull();
  });

  it('forgets the oldest writes, not the newest', () => {
    let positions = remember(new Map(), 'first-1@1');
    for (let index = 0; index < 16; index += 1) positions = remember(positions, `message-${index}@1`);
    expect(positions.has('first-1')).toBe(false);
    expect(positions.has('message-15')).toBe(true);
  });
});
