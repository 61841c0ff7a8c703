import {
  methodTypeSchema,
  type FactorType,
  type OrganisationPolicy,
  type Policy,
  type PolicySettingKey,
} from '@cofactor/contracts';
import { resetRules } from './merge';
import { allows, attainable, available, missingUnder, type Holdings } from './set-up';

/** Why rules cannot be lived under, and the setting at which that is mended. */
export interface PolicyProblem {
  readonly setting: PolicySettingKey;
  readonly sentence: string;
}

const everyMethod: readonly FactorType[] = methodTypeSchema.options;
const nothing: Holdings = { factors: [], recoveryCodes: null, setUpOpen: true };

/** Whether somebody who holds nothing could come to a complete set-up with these types. */
const canBeMet = (policy: Policy, types: readonly FactorType[]): boolean => {
  const missing = missingUnder(policy, nothing).filter((one) => one !== 'recovery-codes');
  return attainable(policy, nothing, types).length === missing.length;
};

const lists = {
  allowedFactors: 'methods',
  recommendedFactors: 'recommended methods',
  defaultFactors: 'default methods',
  secondaryFactors: 'secondary methods',
  smsCountries: 'countries',
  resetsBy: 'those who may reset',
  genericNames: 'names',
} as const satisfies Partial<Record<PolicySettingKey, string>>;
type ListKey = keyof typeof lists;

const isKey = (key: string): key is ListKey => Object.hasOwn(lists, key);

const repeated = (policy: Policy): readonly PolicyProblem[] =>
  Object.entries(lists).flatMap(([key, noun]) => {
    if (!isKey(key)) return [];
    const list: readonly string[] = policy[key];
    return new Set(list).size === list.length
      ? []
      : [{ setting: key, sentence: `One of the ${noun} stands there twice.` }];
  });

const notAllowed = (policy: Policy): readonly PolicyProblem[] =>
  (['recommendedFactors', 'defaultFactors', 'secondaryFactors'] as const)
    .filter((key) => !policy[key].every((type) => allows(policy, type)))
    .map((setting) => ({ setting, sentence: `One of the ${lists[setting]} is not among the methods.` }));

/** The rules that hang together: setting, what is wrong with it, when. */
const rules: readonly (readonly [PolicySettingKey, string, (policy: Policy) => boolean])[] = [
  [
    'allowedFactors',
    'Nobody could set anything up: choose at least one method.',
    (policy) => policy.enforced && policy.allowedFactors.length === 0,
  ],
  [
    'defaultFactors',
    'Choose at least one method that can be the default.',
    (policy) => policy.allowedFactors.length > 0 && policy.defaultFactors.length === 0,
  ],
  [
    'secondaryFactors',
    'A secondary method is required: choose one of another kind than the default.',
    (policy) => policy.secondaryRequired && !canBeMet({ ...policy, ...onlyRoles }, everyMethod),
  ],
  [
    'phishingResistantRequired',
    'A passkey is required, and is not among the methods.',
    (policy) => policy.phishingResistantRequired && !allows(policy, 'webauthn'),
  ],
  [
    'requireAlternativeToSms',
    'An alternative to text messages is required, and none is among the methods.',
    (policy) => policy.requireAlternativeToSms && policy.allowedFactors.length === 1 && allows(policy, 'sms'),
  ],
  [
    'smsCountries',
    'Choose at least one country to which text messages go.',
    (policy) => allows(policy, 'sms') && policy.smsCountries.length === 0,
  ],
  [
    'resetsBy',
    'Choose who may reset, or whoever loses their methods never gets in again.',
    (policy) => policy.resetsBy.length === 0,
  ],
  [
    'session.idle',
    'A session cannot rest longer than it lasts.',
    (policy) => policy.session.idle > policy.session.absolute,
  ],
];
const onlyRoles = { phishingResistantRequired: false, requireAlternativeToSms: false };

/** What makes one practice's rules contradict themselves; none for rules that people can live under. */
export const policyProblems = (policy: Policy): readonly PolicyProblem[] => [
  ...repeated(policy),
  ...notAllowed(policy),
  ...rules.filter(([, , isBroken]) => isBroken(policy)).map(([setting, sentence]) => ({ setting, sentence })),
];

/**
 * What would leave a person of all these organisations without a way in: each for itself is sound (`policyProblems`), but
 * no country takes text messages for all, or nobody may reset for all. None for a merge that can be met (DESIGN §5).
 */
export function mergeProblems(policies: readonly OrganisationPolicy[]): readonly PolicyProblem[] {
  const types = available(policies, everyMethod);
  const unmet = policies.some(({ policy }) => policy.enforced && !canBeMet(policy, types));
  return [
    ...(unmet
      ? [
          {
            setting: 'smsCountries',
            sentence: 'No country takes text messages for all practices of these people.',
          } as const,
        ]
      : []),
    ...(resetRules(policies).by.length === 0
      ? [{ setting: 'resetsBy', sentence: 'Nobody could reset these people for all of their practices.' } as const]
      : []),
  ];
}

/** What an enforcing policy lacks in this installation; nobody is held up by it, so nobody would be protected. */
export const unbuiltProblems = (policy: Policy, built: readonly FactorType[]): readonly PolicyProblem[] => {
  const misses = policy.enforced && !attainable(policy, nothing, built).includes('default');
  return misses ? [{ setting: 'allowedFactors', sentence: 'This installation has none of these methods yet.' }] : [];
};
