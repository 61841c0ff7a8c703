import type { CeilingKind, Channel } from '@cofactor/contracts';
import { countryCodeOf } from './country-code';

/** At most so many codes to one and the same, in a window of so many seconds from the first of them. */
export interface Ceiling {
  readonly kind: CeilingKind;
  /** Whose; personal, so that it is kept only as a fingerprint. */
  readonly of: string;
  readonly most: number;
  readonly seconds: number;
}

/** A code that is to be sent, as far as it is counted. */
export interface SendingAsked {
  readonly channel: Channel;
  readonly personId: string;
  /** E.164, of a text message. */
  readonly number: string | null;
  readonly organisationIds: readonly string[];
  /** The source address of the request. */
  readonly ip: string;
}

const hour = 3_600;

/**
 * How many codes an hour may bring. Whoever pumps traffic to numbers that earn them money needs many; people need few.
 */
const mostAnHour: Readonly<Record<CeilingKind, number>> = {
  /** Someone signs in again after every idle quarter of an hour, and each time needs a second code for a mistyped one. */
  person: 20,
  /** As a person: a number that several people share is the same telephone. */
  number: 20,
  /** A hundred neighbouring numbers: a practice may have bought its telephones in one block, and all start at eight. */
  range: 100,
  /** A hospital of two thousand whose shift begins, with a code again for every second one. */
  organisation: 3_000,
  /** Many practices reach us through one address: that of their network. */
  source: 1_000,
  /** All practices of the installation to all numbers of one country code, home among them. */
  country: 10_000,
};

/**
 * Every ceiling that one code counts towards, per person, number, range of numbers, organisation, source address and
 * country (DESIGN §5, "Sending"). Codes by text message and by email are counted apart.
 */
export function ceilingsOf({ channel, personId, number, organisationIds, ip }: SendingAsked): readonly Ceiling[] {
  const ceiling = (kind: CeilingKind, of: string): Ceiling => ({
    kind,
    of: JSON.stringify([channel, kind, of]),
    most: mostAnHour[kind],
    seconds: hour,
  });
  const ofNumber =
    number === null
      ? []
      : [ceiling('number', number), ceiling('range', number.slice(0, -2)), ceiling('country', countryCodeOf(number))];
  return [
    ceiling('person', personId),
    ...ofNumber,
    ...organisationIds.map((organisationId) => ceiling('organisation', organisationId)),
    ceiling('source', ip),
  ];
}
