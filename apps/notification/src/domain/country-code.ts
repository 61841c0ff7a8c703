/** ITU-T E.164, list of assigned country codes: one digit in zones 1 and 7, else two for these, else three. */
const twoDigits = /^(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** The country code of a number in E.164, without the plus: `44` of `+447400123456`. Several countries can share one. */
export function countryCodeOf(number: string): string {
  const digits = number.slice(1);
  if (/^[17]/.test(digits)) return digits.slice(0, 1);
  return digits.slice(0, twoDigits.test(digits) ? 2 : 3);
}
