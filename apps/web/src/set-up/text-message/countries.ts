import { locale } from '../../words/words';

/** ISO 3166-1 alpha-2 codes of the places that have telephone numbers of their own. */
const codes =
  'AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD ' +
  'CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE ' +
  'GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN ' +
  'KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ ' +
  'NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH ' +
  'SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG ' +
  'VI VN VU WF WS XK YE YT ZA ZM ZW';

export interface Country {
  readonly id: string;
  readonly name: string;
}

/** The countries of the practice by their names, in its order; where it names none, all of them by the alphabet. */
export function countries(listed: readonly string[]): readonly Country[] {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  const name = (id: string): Country => ({ id, name: names.of(id) ?? id });
  if (listed.length > 0) return listed.map(name);
  const named = codes.split(' ').map(name);
  return named.sort((one, other) => one.name.localeCompare(other.name, locale));
}

/** The one of the countries that the browser's languages name; else the first, which is the practice's own. */
export function likelyCountry(options: readonly Country[], languages: readonly string[]): string {
  const regions = languages.map((language) => new Intl.Locale(language).region);
  const named = regions.find((region) => options.some(({ id }) => id === region));
  return named ?? options[0]?.id ?? 'GB';
}
