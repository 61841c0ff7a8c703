import type {
  FactorType,
  MethodType,
  Missing,
  OrganisationPolicy,
  Policy,
  SecondFactorState,
  SignInMethod,
} from '@cofactor/contracts';
import { channelOf } from './channels';
import { smsCountries } from './merge';

/** What a person holds: their active factors and recovery codes, as the owner of them says. */
export interface Holdings {
  readonly factors: readonly SignInMethod[];
  readonly recoveryCodes: SignInMethod | null;
  /** Whether a first factor alone may bind a new one (DESIGN §6.2). */
  readonly setUpOpen: boolean;
}

type Types = readonly FactorType[];

export const union = <Item>(lists: readonly (readonly Item[])[]): readonly Item[] => [...new Set(lists.flat())];
const isIn = (list: readonly MethodType[], type: FactorType): boolean => list.some((one) => one === type);
export const typesOf = ({ factors }: Holdings): Types => [...new Set(factors.map(({ type }) => type))];

/** Whether a policy takes a type as one of its methods. */
export const allows = (policy: Policy, type: FactorType): boolean => isIn(policy.allowedFactors, type);
/** Whether a policy takes a type in a role; one that it does not allow has none. */
export const mayBe = (policy: Policy, role: 'default' | 'secondary', type: FactorType): boolean =>
  allows(policy, type) && isIn(role === 'default' ? policy.defaultFactors : policy.secondaryFactors, type);

/** Of the types that are built, those that this person could set up: text messages need a country (`smsCountries`). */
export const available = (policies: readonly OrganisationPolicy[], built: Types): Types =>
  built.filter((type) => type !== 'sms' || smsCountries(policies).length > 0);

/** The factor types that a person may set up: allowed by one of their organisations, and available. */
export const allowedTypes = (policies: readonly OrganisationPolicy[], built: Types): FactorType[] =>
  available(policies, built).filter((type) => policies.some(({ policy }) => allows(policy, type)));

/** Of the types that a person may set up, those that one of their organisations recommends. */
export const recommendedTypes = (policies: readonly OrganisationPolicy[], allowed: Types): FactorType[] =>
  allowed.filter((type) =>
    policies.some(({ policy }) => allows(policy, type) && isIn(policy.recommendedFactors, type)),
  );

/** Whether a default and a secondary method at another place stand among these types (PRODUCT HC4, BX6). */
const hasPair = (policy: Policy, types: Types): boolean =>
  types.some(
    (one) =>
      mayBe(policy, 'default', one) &&
      types.some((other) => mayBe(policy, 'secondary', other) && channelOf(other) !== channelOf(one)),
  );

const hasDefault = (policy: Policy, types: Types): boolean => types.some((type) => mayBe(policy, 'default', type));

/** Text messages only beside something else, where the policy asks for that (NIST SP 800-63B-4 §3.2.9). */
const hangsOnSms = (policy: Policy, types: Types): boolean =>
  policy.requireAlternativeToSms && types.includes('sms') && types.every((type) => type === 'sms');

const hasPhishingResistant = (policy: Policy, types: Types): boolean =>
  types.includes('webauthn') && allows(policy, 'webauthn');

function missingOf(policy: Policy, types: Types): readonly Missing[] {
  const counted = types.filter((type) => allows(policy, type));
  const lacksSecondary = policy.secondaryRequired && !hasPair(policy, counted);
  return [
    ...(hasDefault(policy, counted) ? [] : (['default'] as const)),
    ...(lacksSecondary || hangsOnSms(policy, counted) ? (['secondary'] as const) : []),
    ...(policy.phishingResistantRequired && !hasPhishingResistant(policy, counted)
      ? (['phishing-resistant'] as const)
      : []),
  ];
}

/** What one policy still misses in what a person holds. */
export function missingUnder(policy: Policy, holdings: Holdings): readonly Missing[] {
  const lacksCodes = policy.recoveryCodes.kind !== 'none' && holdings.recoveryCodes === null;
  return [...missingOf(policy, typesOf(holdings)), ...(lacksCodes ? (['recovery-codes'] as const) : [])];
}

/**
 * What one policy misses and this person can set up with these types: nobody is held up by a factor that cannot be had.
 * Recovery codes come with a factor, and are waited for by nobody.
 */
export function attainable(policy: Policy, holdings: Holdings, types: Types): readonly Missing[] {
  const afterwards = missingOf(policy, [...typesOf(holdings), ...types]);
  return missingOf(policy, typesOf(holdings)).filter((missing) => !afterwards.includes(missing));
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

/** How far someone is with two-factor authentication under the rules of all their practices. */
export function secondFactorStateOf(policies: readonly OrganisationPolicy[], holdings: Holdings): SecondFactorState {
  if (holdings.factors.length === 0) return 'none';
  return setUpOf(policies, holdings).complete ? 'complete' : 'incomplete';
}

/** What enforcing organisations make the person set up now. */
export function demanded(
  policies: readonly OrganisationPolicy[],
  holdings: Holdings,
  built: Types,
): readonly Missing[] {
  const types = available(policies, built);
  return union(
    policies.filter(({ policy }) => policy.enforced).map(({ policy }) => attainable(policy, holdings, types)),
  );
}
