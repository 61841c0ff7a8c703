import { DomainError, type OrganisationPolicy } from '@cofactor/contracts';
import { smsCountries } from '@cofactor/policy';
import { getCountryCallingCode } from 'libphonenumber-js/max';
import { isCountry, mobileNumber, type MobileNumber, type NumberProblem } from './phone-number';

const sentences: Readonly<Record<NumberProblem | 'country' | 'abroad', string>> = {
  'no-country': 'Choose the country of the number, or begin with + and the country code.',
  'not-a-number': 'Enter a phone number, with digits alone.',
  unknown: 'No phone has this number. Check the digits and the country.',
  'not-mobile': 'Enter the number of a mobile phone: this one does not take text messages.',
  charged: 'Enter an ordinary mobile number: calls and messages to this one cost extra.',
  country: 'Your practice sends no text messages to this country. Use another number or another method.',
  abroad: 'Set up a number of your own country first; then you can add one from abroad.',
};

const refused = (problem: keyof typeof sentences): DomainError =>
  new DomainError('invalid-fields', { errors: [{ pointer: '/number', detail: sentences[problem] }] });

/** Those that share the calling code of the first country are no more abroad than it is. */
function isAbroad({ callingCode }: MobileNumber, [home]: readonly string[]): boolean {
  return home === undefined || !isCountry(home) || getCountryCallingCode(home) !== callingCode;
}

/**
 * The number that was typed, where codes may be sent to it: a mobile number of a country which the policies list, and
 * from abroad only for someone who has proven a number before, so that a stranger's account cannot make us send there.
 * Throws DomainError `invalid-fields` at `/number`.
 */
export async function permittedNumber(
  { number: typed, country = null }: { readonly number: string; readonly country?: string | null | undefined },
  policies: readonly OrganisationPolicy[],
  hasProvenOne: () => Promise<boolean>,
): Promise<MobileNumber> {
  const number = mobileNumber(typed, country !== null && isCountry(country) ? country : null);
  if (typeof number === 'string') throw refused(number);
  const countries = smsCountries(policies);
  if (!countries.includes(number.country)) throw refused('country');
  if (isAbroad(number, countries) && !(await hasProvenOne())) throw refused('abroad');
  return number;
}
