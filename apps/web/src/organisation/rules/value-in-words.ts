import { countries } from '../../set-up/text-message/countries';
import { lengthInWords } from '../../words/instants';
import { t } from '../../words/words';
import type { MethodType, Rules, Setting } from './rules';

type InWords = (rules: Rules) => string;

const list = (names: readonly string[]): string => (names.length === 0 ? t('rules.noMethod') : names.join(', '));
const methods = (types: readonly MethodType[]): string => list(types.map((type) => t(`factors.${type}`)));
const onOff = (on: boolean): string => t(on ? 'rules.on' : 'rules.off');
const time = (seconds: number): string => (seconds === 0 ? t('rules.everyTime') : lengthInWords(seconds));

const words: { readonly [Key in Setting]: InWords } = {
  enforced: ({ enforced }) => onOff(enforced),
  coversPatients: ({ coversPatients }) => onOff(coversPatients),
  allowedFactors: ({ allowedFactors }) => methods(allowedFactors),
  recommendedFactors: ({ recommendedFactors }) => methods(recommendedFactors),
  defaultFactors: ({ defaultFactors }) => methods(defaultFactors),
  secondaryFactors: ({ secondaryFactors }) => methods(secondaryFactors),
  secondaryRequired: ({ secondaryRequired }) => onOff(secondaryRequired),
  phishingResistantRequired: ({ phishingResistantRequired }) => onOff(phishingResistantRequired),
  requireAlternativeToSms: ({ requireAlternativeToSms }) => onOff(requireAlternativeToSms),
  smsCountries: ({ smsCountries }) =>
    smsCountries.length === 0 ? list([]) : list(countries(smsCountries).map(({ name }) => name)),
  userVerification: ({ userVerification }) => t(`rules.options.userVerification.${userVerification}`),
  recoveryCodes: ({ recoveryCodes: { kind, count } }) =>
    kind === 'list' ? t('rules.codes', { count }) : t(`rules.options.recoveryCodes.${kind}`),
  'session.absolute': (rules) => time(rules['session.absolute']),
  'session.idle': (rules) => time(rules['session.idle']),
  'reauthenticateAfter.enrolling': (rules) => time(rules['reauthenticateAfter.enrolling']),
  'reauthenticateAfter.revoking': (rules) => time(rules['reauthenticateAfter.revoking']),
  freshFactorServes: ({ freshFactorServes }) => onOff(freshFactorServes),
  resetsBy: ({ resetsBy }) => list(resetsBy.map((who) => t(`rules.options.resetsBy.${who}`))),
  resetApproval: ({ resetApproval }) => onOff(resetApproval),
  genericAccounts: ({ genericAccounts }) => t(`rules.options.genericAccounts.${genericAccounts}`),
  genericNames: ({ genericNames }) => list(genericNames),
};

/** What a setting is, as people say it: "Text message, Email code". */
export const valueInWords = (setting: Setting, rules: Rules): string => words[setting](rules);
