import { choiceOf, everything, filterOf, isReversed } from './choice';

describe('the choice of what to read', () => {
  it('asks for everything at first', () => {
    expect(filterOf(everything)).toEqual({});
    expect(choiceOf(new URLSearchParams()).any).toBe(false);
  });

  it('reads the address', () => {
    const choice = choiceOf(new URLSearchParams('person=p-1&type=sign-in.completed&other=x'));
    expect(choice.any).toBe(true);
    expect(filterOf(choice)).toEqual({ subject: 'p-1', type: 'sign-in.completed' });
  });

  it('means whole days where the reader lives', () => {
    const filter = filterOf({ ...everything, from: '2026-11-21', to: '2026-11-22' });
    expect(filter.from).toBe(new Date(2026, 10, 21).toISOString());
    expect(filter.to).toBe(new Date(2026, 10, 22, 23, 59, 59, 999).toISOString());
  });

  it('notices days in the wrong order', () => {
    expect(isReversed({ ...everything, from: '2026-11-22', to: '2026-11-21' })).toBe(true);
    expect(isReversed({ ...everything, from: '2026-11-22', to: '2026-11-22' })).toBe(false);
    expect(isReversed({ ...everything, from: '2026-11-22' })).toBe(false);
  });
});
