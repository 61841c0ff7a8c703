import type { OrganisationPolicy } from '@cofactor/contracts';
import type { FactorEffects, RelyingParty } from '@cofactor/factors';
import type { Clock, Hashing } from '@cofactor/service-kit';

export interface FactorEffectParts {
  readonly clock: Clock;
  readonly hashing: Hashing;
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
