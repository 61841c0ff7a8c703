import type { FactorEnrollmentEvent, FactorRole, OrganisationPolicy, RoleChange } from '@cofactor/contracts';
import { channelOf, mayHaveRole, rolesArePossible } from '@cofactor/policy';
import type { HeldFactor } from './factor-set';

export interface Roles {
  readonly default: string;
  readonly secondary: string | null;
}

type Policies = readonly OrganisationPolicy[];
type WithRole = Pick<HeldFactor, 'credentialId' | 'type' | 'role'>;

/** What a new factor becomes, and the roles of all where others change theirs for it. */
export interface RolesWithNew {
  readonly role: FactorRole | null;
  readonly changed: Roles | null;
}

/**
 * The roles when a factor is added: the first is the default, whatever it is; a later one takes a role that is free, or
 * the default from one that the policies do not take as such.
 */
export function rolesWithNew(
  factors: readonly WithRole[],
  { credentialId, type }: Omit<WithRole, 'role'>,
  policies: Policies,
): RolesWithNew {
  if (factors.length === 0) return { role: 'default', changed: null };
  const repaired = repairedRoles([...factors, { credentialId, type, role: null }], policies);
  if (repaired === null) return { role: null, changed: null };
  const isOnlyNew = repaired.default === rolesIn(factors).default && repaired.secondary === credentialId;
  return isOnlyNew ? { role: 'secondary', changed: null } : { role: null, changed: repaired };
}

export function rolesIn(factors: readonly WithRole[]): { default: string | null; secondary: string | null } {
  const holder = (wanted: FactorRole) => factors.find(({ role }) => role === wanted)?.credentialId ?? null;
  return { default: holder('default'), secondary: holder('secondary') };
}

/**
 * The roles that these factors are to have, or null where nobody's changes: exactly one default. Whoever has a role that
 * the policies take them in keeps it; the secondary takes the place of a missing default, then whichever was added
 * first; a secondary arrives at another place than the default (BX6).
 */
export function repairedRoles(factors: readonly WithRole[], policies: Policies): Roles | null {
  const byRole = (wanted: FactorRole) => factors.find(({ role }) => role === wanted);
  const inTurn = [byRole('default'), byRole('secondary'), ...factors].filter((one) => one !== undefined);
  const first = inTurn.find(({ type }) => mayHaveRole(policies, 'default', type)) ?? inTurn[0];
  if (!first) return null;
  const second = [byRole('secondary'), ...factors].find(
    (one) => one && mayHaveRole(policies, 'secondary', one.type) && channelOf(one.type) !== channelOf(first.type),
  );
  const repaired: Roles = { default: first.credentialId, secondary: second?.credentialId ?? null };
  const before = rolesIn(factors);
  return before.default === repaired.default && before.secondary === repaired.secondary ? null : repaired;
}

/**
 * What each method can become, with the roles that all have then: none that would be refused. Whoever had the default
 * becomes the secondary where another one does not stay it; where neither can be, the secondary is the one added first.
 */
export function roleChanges(factors: readonly WithRole[], policies: Policies): readonly RoleChange[] {
  const holder = (wanted: FactorRole) => factors.find(({ role }) => role === wanted);
  const [first, second] = [holder('default'), holder('secondary')];
  const goTogether = (one: WithRole, other: WithRole): boolean =>
    one !== other && rolesArePossible(policies, one.type, other.type);
  const asDefault = (factor: WithRole): readonly RoleChange[] => {
    if (factor === first || !mayHaveRole(policies, 'default', factor.type)) return [];
    const beside = [second, first, ...factors].find((other) => other !== undefined && goTogether(factor, other));
    const { credentialId } = factor;
    return [{ credentialId, role: 'default', default: credentialId, secondary: beside?.credentialId ?? null }];
  };
  const asSecondary = (factor: WithRole): readonly RoleChange[] => {
    if (first === undefined || factor === second || !goTogether(first, factor)) return [];
    const { credentialId } = factor;
    return [{ credentialId, role: 'secondary', default: first.credentialId, secondary: credentialId }];
  };
  return factors.flatMap((factor) => [...asDefault(factor), ...asSecondary(factor)]);
}

type Named = Pick<HeldFactor, 'credentialId' | 'type' | 'name'>;

/** Roles that follow from a factor that was added or removed. */
export const withRoles = (held: readonly Named[], roles: Roles | null): readonly FactorEnrollmentEvent[] =>
  roles === null ? [] : [rolesChanged(held, roles, false)];

/** The roles from now on: `chosen` by the person, or following from another change. */
export function rolesChanged(held: readonly Named[], roles: Roles, chosen: boolean): FactorEnrollmentEvent {
  const named = (id: string | null) => {
    const method = held.find(({ credentialId }) => credentialId === id);
    return method ? { type: method.type, name: method.name } : null;
  };
  const first = named(roles.default);
  const methods = first && { default: first, secondary: named(roles.secondary) };
  return { type: 'factor.roles-changed', data: { ...roles, methods, chosen } };
}
