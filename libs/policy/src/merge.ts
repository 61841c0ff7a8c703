import type { OrganisationPolicy, Policy, RecoveryCodeRule, Resetter } from '@cofactor/contracts';

type Policies = readonly OrganisationPolicy[];

const least = (policies: Policies, read: (policy: Policy) => number): number =>
  Math.min(...policies.map(({ policy }) => read(policy)));

/** What is in all of the lists, in the order of the first. */
const inAll = <Item>(lists: readonly (readonly Item[])[]): readonly Item[] => {
  const [first = [], ...others] = lists;
  return first.filter((item) => others.every((list) => list.includes(item)));
};

/** Sessions and re-authentication for a person of several organisations: each number the strictest (DESIGN §5). */
export const strictest = (policies: Policies): Pick<Policy, 'session' | 'reauthenticateAfter' | 'recoveryCodes'> => ({
  session: {
    absolute: least(policies, ({ session }) => session.absolute),
    idle: least(policies, ({ session }) => session.idle),
  },
  reauthenticateAfter: {
    enrolling: least(policies, ({ reauthenticateAfter }) => reauthenticateAfter.enrolling),
    revoking: least(policies, ({ reauthenticateAfter }) => reauthenticateAfter.revoking),
  },
  recoveryCodes: recoveryCodeRule(policies),
});

/** Whether a second factor that was proven recently takes the place of the password: only where all accept it. */
export const freshFactorServes = (policies: Policies): boolean =>
  policies.every(({ policy }) => policy.freshFactorServes);

/**
 * The recovery codes that a person gets (PRODUCT HC5, HE4): none where no organisation gives any; one code that is
 * replaced after its use where one of them wants that; else the shortest list. Where an organisation gives none, they do
 * not count for it (`requirements`).
 */
export function recoveryCodeRule(policies: Policies): RecoveryCodeRule {
  const given = policies.map(({ policy }) => policy.recoveryCodes).filter(({ kind }) => kind !== 'none');
  if (given.length === 0) return { kind: 'none', count: 0 };
  if (given.some(({ kind }) => kind === 'single')) return { kind: 'single', count: 1 };
  return { kind: 'list', count: Math.min(...given.map(({ count }) => count)) };
}

/** How recovery codes are kept: a list, one that is replaced after its use, or not at all. */
export const recoveryCodeKind = (policies: Policies): RecoveryCodeRule['kind'] => recoveryCodeRule(policies).kind;

/**
 * The countries whose numbers may be set up, as ISO 3166-1 alpha-2; the first is home. Those on which all organisations
 * that allow text messages agree; none means that no number can be set up.
 */
export const smsCountries = (policies: Policies): readonly string[] =>
  inAll(
    policies.filter(({ policy }) => policy.allowedFactors.includes('sms')).map(({ policy }) => policy.smsCountries),
  );

/** Whether a passkey must verify its user: where one organisation asks for it. */
export const userVerification = (policies: Policies): Policy['userVerification'] =>
  policies.some(({ policy }) => policy.userVerification === 'required') ? 'required' : 'preferred';

export interface ResetRules {
  /** Who may reset: those on whom all organisations agree. */
  readonly by: readonly Resetter[];
  /** Whether a second administrator must approve (PRODUCT BX5): where one organisation asks for it. */
  readonly approval: boolean;
}

/** How a person who has lost their methods may be given a new set-up. */
export const resetRules = (policies: Policies): ResetRules => ({
  by: inAll(policies.map(({ policy }) => policy.resetsBy)),
  approval: policies.some(({ policy }) => policy.resetApproval),
});
