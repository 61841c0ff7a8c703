import fc from 'fast-check';
import { parseInstant } from './connection-options';

it.each([
  ['2026-01-02 03:04:05+00', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02 03:04:05.6+00', '2026-01-02T03:04:05.600Z'],
  ['2026-01-02 03:04:05.123999+00', '2026-01-02T03:04:05.123Z'],
  ['2026-01-02 03:04:05.5+02', '2026-01-02T01:04:05.500Z'],
])('%s is %s', (text, instant) => {
  expect(parseInstant(text)).toBe(instant);
});

it('agrees with Date on every instant to the millisecond', () => {
  const instants = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(instants, (date) => {
      const printed = date
        .toISOString()
        .replace('T', ' ')
        .replace(/\.?0*Z$/, '+00');
      expect(parseInstant(printed)).toBe(date.toISOString());
    }),
  );
});
