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
  readonly purpose: 'set-up' | 'sign-in';
  readonly personId: string;
  /** E.164, of a text message. */
  readonly number: string | null;
  readonly organisationIds: readonly string[];
  /** Whom the request is counted against, by its address. */
  readonly source: string;
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
 * country (DESIGN §5, "Sending"). Codes by text message and by email are counted apart. So are, of one person or number,
 * set-ups and sign-ins: anyone can begin to set up a number of somebody else, or send them a link, and must not use up
 * the codes that they sign in with.
 */
export function ceilingsOf(asked: SendingAsked): readonly Ceiling[] {
  const { channel, purpose, personId, number, organisationIds, source } = asked;
  const ceiling = (kind: CeilingKind, of: string, apart: readonly string[] = []): Ceiling => ({
    kind,
    of: JSON.stringify([channel, kind, of, ...apart]),
    most: mostAnHour[kind],
    seconds: hour,
  });
  const ofNumber =
    number === null
      ? []
      : [
          ceiling('number', number, [purpose]),
          ceiling('range', number.slice(0, -2), [purpose]),
          ceiling('country', countryCodeOf(number)),
        ];
  return [
    ceiling('person', personId, [purpose]),
    ...ofNumber,
    ...organisationIds.map((organisationId) => ceiling('organisation', organisationId)),
    ceiling('source', source),
  ];
}
