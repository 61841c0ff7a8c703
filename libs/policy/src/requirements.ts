import type { FactorType, Next, OrganisationPolicy, Policy, SignInMethod } from '@cofactor/contracts';
import { countsBeside, type FirstFactor } from './channels';
import { allowedTypes, allows, demanded, union, type Holdings } from './set-up';

/** What a sign-in has shown so far. */
export interface SignInSignals {
  readonly firstFactor: FirstFactor;
  /** The types of the second factors that were proven, or set up, in this sign-in. */
  readonly proven: readonly FactorType[];
}

/** What stands around the people: the factor types that this release can verify. */
export interface PolicyContext {
  readonly built: readonly FactorType[];
}

export type Requirement = Next | { readonly step: 'no-way-in' };

/** With the password alone. */
export const passwordOnly: SignInSignals = { firstFactor: 'password', proven: [] };

const allOf = ({ factors, recoveryCodes }: Holdings): readonly SignInMethod[] => [
  ...factors,
  ...(recoveryCodes ? [recoveryCodes] : []),
];

/**
 * What counts as a second factor for one policy: the held methods that it allows, and recovery codes where it has them.
 * Where none of the methods is allowed any more, each still proves who one is, so that a change of the rules shuts
 * nobody out; an enforcing policy then asks for a set-up.
 */
function countedBy(policy: Policy, methods: readonly SignInMethod[]): readonly SignInMethod[] {
  const counted = methods.filter(({ type }) => allows(policy, type));
  if (counted.length === 0) return methods;
  const codes = methods.filter(({ type }) => type === 'recovery-code' && policy.recoveryCodes.kind !== 'none');
  return [...counted, ...codes];
}

/** The held methods that prove a second factor to one of the organisations or another. */
export const usableMethods = (
  policies: readonly OrganisationPolicy[],
  holdings: Holdings,
  { firstFactor }: Pick<SignInSignals, 'firstFactor'> = passwordOnly,
): readonly SignInMethod[] => {
  const reachable = allOf(holdings).filter(({ type }) => countsBeside(firstFactor, type));
  return union(policies.map(({ policy }) => countedBy(policy, reachable)));
};

/**
 * The methods of which one is still to be proven; empty when nothing is. Each organisation is met on its own, by another
 * method if need be (DESIGN §5).
 */
function stillToProve(
  policies: readonly OrganisationPolicy[],
  methods: readonly SignInMethod[],
  proven: readonly FactorType[],
): readonly SignInMethod[] {
  const isProven = ({ type }: SignInMethod): boolean => proven.includes(type);
  const unmet = policies.filter(({ policy }) => !countedBy(policy, methods).some(isProven));
  return union(unmet.map(({ policy }) => countedBy(policy, methods)));
}

/**
 * What a sign-in needs after its first factor: a second one, a set-up, nothing, or it cannot go on (DESIGN §5, §6.2).
 * Someone who holds a factor is never offered a set-up instead of proving it. The policies are those that rule the
 * person (`rulingPolicies`), never none.
 */
export function requirements(
  policies: readonly OrganisationPolicy[],
  holdings: Holdings,
  { firstFactor, proven }: SignInSignals,
  { built }: PolicyContext,
): Requirement {
  if (holdings.factors.length === 0 && !holdings.setUpOpen) return { step: 'no-way-in' };
  if (holdings.factors.length > 0) {
    const methods = allOf(holdings).filter(({ type }) => countsBeside(firstFactor, type));
    if (methods.length === 0) return { step: 'no-way-in' };
    const needed = stillToProve(policies, methods, proven);
    if (needed.length > 0) return { step: 'second-factor', methods: inOrder(needed, methods) };
  }
  const missing = demanded(policies, holdings, built);
  if (missing.length === 0) return { step: 'completed' };
  return { step: 'set-up', allowed: allowedTypes(policies, built), missing: [...missing] };
}

const inOrder = (chosen: readonly SignInMethod[], all: readonly SignInMethod[]): SignInMethod[] =>
  all.filter((method) => chosen.includes(method));
