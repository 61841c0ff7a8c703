import { parsePosition, positionText } from './position';

it('I8 a position is read as it was written; the first epoch is not named', () => {
  const first = { stream: 'person-1', version: 7, epoch: 1 };
  const later = { stream: 'person-1', version: 2_147_483_647, epoch: 1_790_000_000 };
  expect([first, later].map(positionText)).toEqual(['person-1@7', 'person-1@2147483647.1790000000']);
  for (const position of [first, later]) {
    expect(parsePosition(positionText(position))).toEqual({ ...position, source: 'identity' });
  }
});

it.each([
  '',
  'person-1',
  '@1',
  'person-1@0',
  'person-1@-1',
  'person-1@2147483648',
  'person-1@1.',
  'person-1@1.0',
  'person-1@1.2.3',
  'person-1@1.1e9',
  'nobody-1@1',
])('I8 is no position: "%s"', (text) => {
  expect(() => parsePosition(text)).toThrow(RangeError);
});
