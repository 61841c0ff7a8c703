import type { FactorEffects } from '@cofactor/factors';
import type { Hashing } from '@cofactor/service-kit';

/** The outside world as factors see it: each hash takes a place in the bounded queue, or is refused as `busy`. */
export const factorEffects = (
  now: Date,
  hashing: Hashing,
  randomBytes: (length: number) => Uint8Array,
): FactorEffects => ({
  now,
  randomBytes,
  hash: (secret) => hashing.withPlace((hasher) => hasher.hash(secret)),
  matchesHash: (hashed, secret) => hashing.withPlace((hasher) => hasher.matches(hashed, secret)),
  dummyHash: hashing.dummyHash,
});
