import type { OrganisationPolicy } from '@cofactor/contracts';
import type { FactorEffects, RelyingParty } from './factor';

interface Hasher {
  readonly hash: FactorEffects['hash'];
  readonly matches: FactorEffects['matchesHash'];
}

/** What hashes codes: never more at a time than there are places. */
export interface HashingPlaces {
  withPlace<Result>(work: (hasher: Hasher) => Promise<Result>): Promise<Result>;
  readonly dummyHash: string;
}

export interface FactorEffectParts {
  readonly clock: { now(): Date };
  readonly hashing: HashingPlaces;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly relyingParty: RelyingParty;
}

/** The outside world as factors see it: each hash takes a place in the bounded queue, or is refused as `busy`. */
export const factorEffects = (
  { clock, hashing, randomBytes, relyingParty }: FactorEffectParts,
  policies: readonly OrganisationPolicy[],
): FactorEffects => ({
  now: clock.now(),
  randomBytes,
  hash: (secret) => hashing.withPlace((hasher) => hasher.hash(secret)),
  matchesHash: (hashed, secret) => hashing.withPlace((hasher) => hasher.matches(hashed, secret)),
  dummyHash: hashing.dummyHash,
  relyingParty,
  policies,
});
