/** How much work each bench does. The short scale is for trying a bench out; its figures are not for publishing. */
export interface Scale {
  readonly rounds: number;
  /** How long a measurement of a rate goes on. */
  readonly seconds: number;
  /** The lengths of the log that a consumer catches up with. */
  readonly logLengths: readonly number[];
  /** Facts that the audit's view is rebuilt from. */
  readonly rebuiltFacts: number;
  /** Facts that a relay publishes. */
  readonly relayedFacts: number;
  /** Facts that come into the audit by Kafka in one go. */
  readonly arrivingFacts: number;
  /** People who answer with a code, and those of them whose credential has a long history. */
  readonly people: number;
  readonly peopleWithHistory: number;
  /** People who answer with each kind of method, in one round. */
  readonly peopleOfEachKind: number;
  /** People of one large practice, and of a large installation. */
  readonly largePractice: number;
  readonly largeInstallation: number;
  /** Past facts of such a credential. */
  readonly longHistory: number;
}

export const fullScale: Scale = {
  rounds: 5,
  seconds: 2,
  logLengths: [10_000, 100_000, 1_000_000],
  rebuiltFacts: 1_000_000,
  relayedFacts: 50_000,
  arrivingFacts: 15_000,
  people: 160,
  peopleWithHistory: 32,
  peopleOfEachKind: 8,
  largePractice: 10_000,
  largeInstallation: 100_000,
  longHistory: 10_000,
};

export const shortScale: Scale = {
  rounds: 3,
  seconds: 1,
  logLengths: [10_000, 100_000],
  rebuiltFacts: 100_000,
  relayedFacts: 20_000,
  arrivingFacts: 5_000,
  people: 32,
  peopleWithHistory: 8,
  peopleOfEachKind: 3,
  largePractice: 1_000,
  largeInstallation: 10_000,
  longHistory: 1_000,
};
