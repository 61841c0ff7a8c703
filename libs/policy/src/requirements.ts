import type { FactorType, Missing, Next, OrganisationPolicy, Policy, SignInMethod } from '@cofactor/contracts';

/** What a person holds: their active factors and recovery codes, as the owner of them says. */
export interface Holdings {
  readonly factors: readonly SignInMethod[];
  readonly recoveryCodes: SignInMethod | null;
  /** Whether a first factor alone may bind a new one (DESIGN §6.2). */
  readonly setUpOpen: boolean;
}

export type Requirement = Next | { readonly step: 'no-way-in' };

const union = <Item>(lists: readonly (readonly Item[])[]): readonly Item[] => [...new Set(lists.flat())];

/** The factor types that a person may set up: allowed by one of their organisations, and built. */
export const allowedTypes = (policies: readonly OrganisationPolicy[], built: readonly FactorType[]): FactorType[] => {
  const allowed = new Set<FactorType>(union(policies.map(({ policy }) => policy.allowedFactors)));
  return built.filter((type) => allowed.has(type));
};

/** What one policy still misses in a set-up. A secondary method is one of another type than the default. */
function missingUnder(policy: Policy, holdings: Holdings): readonly Missing[] {
  const allowed = new Set<FactorType>(policy.allowedFactors);
  const types = [...new Set(holdings.factors.map(({ type }) => type))].filter((type) => allowed.has(type));
  return [
    ...(types.length === 0 ? (['default'] as const) : []),
    ...(policy.secondaryRequired && types.length < 2 ? (['secondary'] as const) : []),
    ...(policy.recoveryCodes.count > 0 && holdings.recoveryCodes === null ? (['recovery-codes'] as const) : []),
  ];
}

/** Whether what is missing could be met with what is built; nobody is held up by a factor that cannot be had. */
function canBeMet(missing: Missing, policy: Policy, holdings: Holdings, built: readonly FactorType[]): boolean {
  const held = new Set(holdings.factors.map(({ type }) => type));
  const open = policy.allowedFactors.filter((type) => built.includes(type) && !held.has(type));
  return missing === 'default' || missing === 'secondary' ? open.length > 0 : false;
}

export interface SetUp {
  readonly complete: boolean;
  readonly missing: Missing[];
}

/** Whether the set-up meets every organisation of the person, and what is missing (PRODUCT HC4). */
export function setUpOf(policies: readonly OrganisationPolicy[], holdings: Holdings): SetUp {
  const missing = [...union(policies.map(({ policy }) => missingUnder(policy, holdings)))];
  return { complete: missing.length === 0, missing };
}

/** What an enforcing organisation makes the person set up now. */
function demanded(
  policies: readonly OrganisationPolicy[],
  holdings: Holdings,
  built: readonly FactorType[],
): readonly Missing[] {
  return union(
    policies
      .filter(({ policy }) => policy.enforced)
      .map(({ policy }) =>
        missingUnder(policy, holdings).filter((missing) => canBeMet(missing, policy, holdings, built)),
      ),
  );
}

/**
 * What a sign-in needs after its first factor: a second one, a set-up, nothing, or it cannot go on (DESIGN §5, §6.2).
 * Someone who holds a factor is never offered a set-up instead of proving it.
 */
export function requirements(
  policies: readonly OrganisationPolicy[],
  holdings: Holdings,
  secondFactorProven: boolean,
  built: readonly FactorType[],
): Requirement {
  if (holdings.factors.length > 0 && !secondFactorProven) {
    const methods = [...holdings.factors, ...(holdings.recoveryCodes ? [holdings.recoveryCodes] : [])];
    return { step: 'second-factor', methods };
  }
  if (holdings.factors.length === 0 && !holdings.setUpOpen) return { step: 'no-way-in' };
  const missing = demanded(policies, holdings, built);
  if (missing.length === 0) return { step: 'completed' };
  return { step: 'set-up', allowed: allowedTypes(policies, built), missing: [...missing] };
}

/** Whether removing a factor would leave an enforcing organisation's policy unmet (PRODUCT HC8). */
export function mayRemove(policies: readonly OrganisationPolicy[], before: Holdings, after: Holdings): boolean {
  return policies
    .filter(({ policy }) => policy.enforced)
    .every(({ policy }) => {
      const already = new Set(missingUnder(policy, before));
      return missingUnder(policy, after).every((missing) => already.has(missing));
    });
}

/** The numbers that hold for a person of several organisations: each the strictest (DESIGN §5). */
export function strictest(
  policies: readonly OrganisationPolicy[],
): Pick<Policy, 'session' | 'reauthenticateAfter' | 'recoveryCodes'> {
  const least = (read: (policy: Policy) => number) => Math.min(...policies.map(({ policy }) => read(policy)));
  return {
    session: { absolute: least((policy) => policy.session.absolute), idle: least((policy) => policy.session.idle) },
    reauthenticateAfter: {
      enrolling: least((policy) => policy.reauthenticateAfter.enrolling),
      revoking: least((policy) => policy.reauthenticateAfter.revoking),
    },
    recoveryCodes: { count: Math.max(...policies.map(({ policy }) => policy.recoveryCodes.count)) },
  };
}
