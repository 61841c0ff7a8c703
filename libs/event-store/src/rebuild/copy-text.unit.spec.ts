import fc from 'fast-check';
import { copyLine, LineCutter, LogRow } from './copy-text';

const columns = new Map(['position', 'note', 'data'].map((column, index) => [column, index]));
const rowOf = (line: string) => new LogRow(line, columns);

it('reads numbers, text, JSON, instants and NULL', () => {
  const row = rowOf('12\t2026-01-02 03:04:05.6+00\t{"a": "x\\\\ny"}');
  expect(row.number('position')).toBe(12);
  expect(row.instant('note')).toBe('2026-01-02T03:04:05.600Z');
  expect(row.json('data')).toEqual({ a: 'x\ny' });
  expect(rowOf('1\t\\N\t\\N').nullableText('note')).toBeNull();
  expect(rowOf('1\t\\N\t\\N').json('data')).toBeNull();
  expect(() => rowOf('1\t\\N\t\\N').text('note')).toThrow('note is null');
});

it('a column that was not selected is an error, not an empty value', () => {
  expect(() => rowOf('1\ta\tb').text('envelope')).toThrow('envelope was not selected');
});

it('what was written reads the same, whatever the text and wherever the chunks are cut', () => {
  const value = fc.option(fc.string({ unit: 'grapheme' }), { nil: null });
  const awkward = fc.constantFrom('\\N', '\\', '\t', '\r\n', '\\t', '', '🩺', '\b\f\v');
  const row = fc.tuple(fc.integer(), fc.oneof(value, awkward), fc.oneof(value, awkward));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), fc.integer({ min: 1, max: 7 }), (rows, size) => {
      const bytes = Buffer.from(rows.map(copyLine).join(''));
      const cutter = new LineCutter();
      const lines: string[] = [];
      for (let start = 0; start < bytes.length; start += size) {
        lines.push(...cutter.lines(bytes.subarray(start, start + size)));
      }
      const read = lines
        .map(rowOf)
        .map((each) => [each.number('position'), each.nullableText('note'), each.nullableText('data')]);
      expect(read).toEqual(rows);
    }),
  );
});
