import type { PolicyView } from '../../api/queries';

export type Policy = PolicyView['policy'];

/** Every setting of the sign-in rules by the name that the interface has for it. */
export type Rules = Omit<Policy, 'session' | 'reauthenticateAfter'> & {
  readonly 'session.absolute': number;
  readonly 'session.idle': number;
  readonly 'reauthenticateAfter.enrolling': number;
  readonly 'reauthenticateAfter.revoking': number;
};
export type Setting = keyof Rules;
export type MethodType = Rules['allowedFactors'][number];

export const rulesOf = ({ session, reauthenticateAfter, ...rules }: Policy): Rules => ({
  ...rules,
  'session.absolute': session.absolute,
  'session.idle': session.idle,
  'reauthenticateAfter.enrolling': reauthenticateAfter.enrolling,
  'reauthenticateAfter.revoking': reauthenticateAfter.revoking,
});

export function policyOf(rules: Rules): Policy {
  const {
    'session.absolute': absolute,
    'session.idle': idle,
    'reauthenticateAfter.enrolling': enrolling,
    'reauthenticateAfter.revoking': revoking,
    ...policy
  } = rules;
  return { ...policy, session: { absolute, idle }, reauthenticateAfter: { enrolling, revoking } };
}

/** Every setting. */
export const settingsOf = (rules: Rules): readonly Setting[] =>
  Object.keys(rules).filter((key) => isSetting(rules, key));
const isSetting = (rules: Rules, key: string): key is Setting => Object.hasOwn(rules, key);
const isSame = (one: Rules, other: Rules, setting: Setting): boolean =>
  JSON.stringify(one[setting]) === JSON.stringify(other[setting]);

/** The settings in which two sets of rules differ. */
export const changedSettings = (before: Rules, after: Rules): readonly Setting[] =>
  settingsOf(after).filter((setting) => !isSame(before, after, setting));

/**
 * One's own changes on top of what somebody else has saved in the meantime: what one has not touched is theirs, what one
 * has changed stays one's own.
 */
export const rebased = (base: Rules, own: Rules, standing: Rules): Rules =>
  changedSettings(base, own).reduce((rules, setting) => ({ ...rules, [setting]: own[setting] }), standing);

const without = (methods: readonly MethodType[], gone: readonly MethodType[]) =>
  methods.filter((method) => !gone.includes(method));

/**
 * The rules with other methods: one that goes leaves its roles too, and one that comes can be the secondary, and the
 * default but for email, which is a second choice.
 */
export function withMethods(rules: Rules, allowedFactors: readonly MethodType[]): Rules {
  const gone = without(rules.allowedFactors, allowedFactors);
  const come = without(allowedFactors, rules.allowedFactors);
  return {
    ...rules,
    allowedFactors: [...allowedFactors],
    recommendedFactors: without(rules.recommendedFactors, gone),
    defaultFactors: [...without(rules.defaultFactors, gone), ...without(come, ['email'])],
    secondaryFactors: [...without(rules.secondaryFactors, gone), ...come],
  };
}

/** The settings that say something only where a method is offered. */
const ofMethod: { readonly [Key in Setting]?: MethodType } = {
  smsCountries: 'sms',
  requireAlternativeToSms: 'sms',
  userVerification: 'webauthn',
  phishingResistantRequired: 'webauthn',
};

/** Whether a setting says anything under these rules. */
export function matters(rules: Rules, setting: Setting): boolean {
  const method = ofMethod[setting];
  return method === undefined || rules.allowedFactors.includes(method);
}
