import { fixedClock } from './fixed-clock';

describe('fixedClock', () => {
  it('stands still until it is advanced', () => {
    const clock = fixedClock('2026-01-01T00:00:00.000Z');
    expect(clock.now().toISOString()).toBe('2026-01-01T00:00:00.000Z');
    clock.advance(30.5);
    expect(clock.now().toISOString()).toBe('2026-01-01T00:00:30.500Z');
  });

  it('refuses what is not an instant', () => {
    expect(() => fixedClock('yesterday')).toThrow(RangeError);
  });
});
