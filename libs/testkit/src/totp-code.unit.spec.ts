import { totpCode } from './totp-code';

describe('totpCode', () => {
  // RFC 6238 appendix B, SHA-1; the last six of its eight digits. The secret is the ASCII text 12345678901234567890.
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('shows the published code at %d s', (seconds, code) => {
    expect(totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', seconds * 1000)).toBe(code);
  });

  it('refuses what is not base32', () => {
    expect(() => totpCode('0189', 0)).toThrow(RangeError);
  });
});
