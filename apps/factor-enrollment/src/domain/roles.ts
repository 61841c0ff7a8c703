import type { FactorRole, FactorType } from '@cofactor/contracts';
import type { HeldFactor } from './factor-set';

export interface Roles {
  readonly default: string;
  readonly secondary: string | null;
}

/** The role of a factor that is added to these: the first is the default, the first of another type the secondary. */
export function roleOfNew(factors: readonly HeldFactor[], type: FactorType): FactorRole | null {
  const current = factors.find(({ role }) => role === 'default');
  if (!current) return 'default';
  const hasSecondary = factors.some(({ role }) => role === 'secondary');
  return !hasSecondary && type !== current.type ? 'secondary' : null;
}

export function rolesIn(factors: readonly HeldFactor[]): { default: string | null; secondary: string | null } {
  const holder = (wanted: FactorRole) => factors.find(({ role }) => role === wanted)?.credentialId ?? null;
  return { default: holder('default'), secondary: holder('secondary') };
}

/**
 * The roles after a removal, or null where nobody's role changes: the secondary method takes the place of a missing
 * default, then whichever was added first; a secondary is of another type than the default (BX6).
 */
export function repairedRoles(remaining: readonly HeldFactor[]): Roles | null {
  const byRole = (wanted: FactorRole) => remaining.find(({ role }) => role === wanted);
  const first = byRole('default') ?? byRole('secondary') ?? remaining[0];
  if (!first) return null;
  const held = byRole('secondary');
  const second = held && held !== first ? held : remaining.find(({ type }) => type !== first.type);
  const repaired: Roles = { default: first.credentialId, secondary: second?.credentialId ?? null };
  const before = rolesIn(remaining);
  return before.default === repaired.default && before.secondary === repaired.secondary ? null : repaired;
}
