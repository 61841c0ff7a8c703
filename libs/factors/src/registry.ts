import type { FactorType } from '@cofactor/contracts';
import { email } from './email/email';
import type { Factor } from './factor';
import { recoveryCodes } from './recovery-codes/recovery-codes';
import { sms } from './sms/sms';
import { totp } from './totp/totp';
import { webauthn } from './webauthn/webauthn';

const factors = {
  totp,
  sms,
  email,
  webauthn,
  'recovery-code': recoveryCodes,
} satisfies Partial<Record<FactorType, Factor>>;

/** A factor type that this release can verify. */
export type BuiltFactorType = keyof typeof factors;

/** Every type that is built; only these are ever offered (preset ∩ registry). */
export const builtTypes = Object.keys(factors) as readonly BuiltFactorType[];

const isBuilt = (type: FactorType): type is BuiltFactorType => Object.hasOwn(factors, type);

export const registry = {
  /**
   * The factor of a type, or null for one that the contracts name but this release lacks. Its parts stand as
   * `unknown`: parse with the factor's own schemas, then hand on what they returned.
   */
  get: (type: FactorType): Factor | null => (isBuilt(type) ? factors[type] : null),
};
