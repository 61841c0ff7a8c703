import {
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
  type PhoneNumber,
} from 'libphonenumber-js/max';

/** A number that text messages can be sent to. */
export interface MobileNumber {
  /** E.164, such as +447400123456. */
  readonly number: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: CountryCode;
  /** Without the plus; several countries can share one. */
  readonly callingCode: string;
}

/** Why a typed number is none that codes are sent to. */
export type NumberProblem = 'no-country' | 'not-a-number' | 'unknown' | 'not-mobile' | 'charged';

/** Numbers that earn somebody money with each message to them; artificial traffic goes there. */
const charged: readonly unknown[] = ['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER'];
/** In some countries, such as the United States, numbers do not tell whether a line is mobile. */
const mobile: readonly unknown[] = ['MOBILE', 'FIXED_LINE_OR_MOBILE'];

export const isCountry = (country: string): country is CountryCode => isSupportedCountry(country);

/** Invisible marks come along when a number is copied; full-width signs are what some keyboards type. */
const plain = (typed: string): string =>
  typed
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim();

/**
 * A number as it was meant: national typing with a country, or international typing, with + or 00, in the digits of any
 * script. What is typed internationally says its country itself.
 */
export function mobileNumber(typed: string, country: CountryCode | null): MobileNumber | NumberProblem {
  const text = plain(typed);
  const international = country === null ? text.replace(/^00/, '+') : text;
  if (country === null && !international.startsWith('+')) return 'no-country';
  const parsed = parsePhoneNumberFromString(international, {
    extract: false,
    ...(country === null ? {} : { defaultCountry: country }),
  });
  if (parsed === undefined || parsed.ext !== undefined) return 'not-a-number';
  return whereMobile(parsed);
}

function whereMobile(parsed: PhoneNumber): MobileNumber | NumberProblem {
  const type = parsed.getType();
  if (charged.includes(type)) return 'charged';
  if (type === undefined || parsed.country === undefined) return 'unknown';
  if (!mobile.includes(type)) return 'not-mobile';
  return { number: parsed.number, country: parsed.country, callingCode: parsed.countryCallingCode };
}

/** A number that others may see: its country code and its last three digits; how long it is stays untold. */
export function maskedNumber({ number, callingCode }: MobileNumber): string {
  return `+${callingCode} •••• ••• ${number.slice(-3)}`;
}
