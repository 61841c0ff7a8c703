import { groupedCode, groupedDigits, groupedKey, typedDigits } from './grouping';

describe('groups', () => {
  it.each([
    ['abcdefghijklmno', 'abcde-fghij-klmno'],
    ['abcdefghijklmnop', 'abcd-efgh-ijkl-mnop'],
    ['ab-cdefg-hijkl', 'ab-cdefg-hijkl'],
    ['abc', 'abc'],
  ])('shows the recovery code %s as %s', (code, grouped) => {
    expect(groupedCode(code)).toBe(grouped);
  });

  it('loses no character of a code', () => {
    const code = 'x7k2m9p4q8r3s6t5v';
    expect(groupedCode(code).replaceAll('-', '')).toBe(code);
  });

  it('shows a typed key in fours', () => {
    expect(groupedKey('JBSWY3DPEHPK3PXPAB')).toBe('JBSW Y3DP EHPK 3PXP AB');
  });

  it.each(['123 456', '123-456', ' 123456 ', '12\u00a034 56'])('reads the pasted code "%s"', (typed) => {
    expect(typedDigits(typed)).toBe('123456');
  });

  it.each([
    ['123', '123'],
    ['1234', '123 4'],
    ['123456', '123 456'],
    ['123-456', '123 456'],
    ['123 ', '123 '],
    ['1234567', '1234567'],
    ['12a456', '12a456'],
  ])('groups the typed digits "%s" as "%s"', (typed, grouped) => {
    expect(groupedDigits(typed)).toBe(grouped);
  });
});
