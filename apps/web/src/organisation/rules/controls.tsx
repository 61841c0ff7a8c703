import type { ReactNode } from 'react';
import { Choose } from '../../elements/choose';
import { OnOff } from '../../elements/on-off';
import { Radios } from '../../elements/radios';
import { Ticks } from '../../elements/ticks';
import { lengthInWords } from '../../words/instants';
import { t } from '../../words/words';
import { Countries } from './countries';
import { Names } from './names';
import { RecoveryCodeRule } from './recovery-code-rule';
import { withMethods, type MethodType, type Rules, type Setting } from './rules';

export interface ControlProps {
  readonly rules: Rules;
  readonly onChange: (rules: Rules) => void;
  /** Ids of the setting's label and sentence. */
  readonly labelledBy: string;
  readonly describedBy: string;
}
type Control = (props: ControlProps) => ReactNode;
type SettingsOf<Value> = { [Key in Setting]: Rules[Key] extends Value ? Key : never }[Setting];

const everyMethod: readonly MethodType[] = ['totp', 'sms', 'email', 'webauthn'];
const named = (methods: readonly MethodType[]) => methods.map((id) => ({ id, name: t(`factors.${id}`) }));
const minute = 60;
const hour = 3_600;

const onOff =
  (setting: SettingsOf<boolean>): Control =>
  ({ rules, onChange, ...ids }) => (
    <OnOff {...ids} on={rules[setting]} onChange={(on) => onChange({ ...rules, [setting]: on })} />
  );

const amongMethods =
  (setting: 'recommendedFactors' | 'defaultFactors' | 'secondaryFactors'): Control =>
  ({ rules, onChange, labelledBy }) => (
    <Ticks
      labelledBy={labelledBy}
      options={named(everyMethod.filter((method) => rules.allowedFactors.includes(method)))}
      value={rules[setting]}
      onChange={(value) => onChange({ ...rules, [setting]: value })}
    />
  );

/** One of some lengths of time, and the one that stands there already. */
const duration =
  (setting: SettingsOf<number>, lengths: readonly number[]): Control =>
  ({ rules, onChange }) => {
    const offered = [...new Set([...lengths, rules[setting]])].sort((one, other) => one - other);
    const name = (seconds: number) => (seconds === 0 ? t('rules.everyTime') : lengthInWords(seconds));
    return (
      <div className="setting-choice">
        <Choose
          label={t('rules.time')}
          labelHidden
          options={offered.map((seconds) => ({ id: String(seconds), name: name(seconds) }))}
          value={String(rules[setting])}
          onChange={(value) => onChange({ ...rules, [setting]: Number(value) })}
        />
      </div>
    );
  };

/** How each setting is edited; one without its control does not compile. */
export const controls: { readonly [Key in Setting]: Control } = {
  enforced: onOff('enforced'),
  coversPatients: onOff('coversPatients'),
  allowedFactors: ({ rules, onChange, labelledBy }) => (
    <Ticks
      labelledBy={labelledBy}
      options={named(everyMethod)}
      value={rules.allowedFactors}
      onChange={(methods) => onChange(withMethods(rules, methods))}
    />
  ),
  recommendedFactors: amongMethods('recommendedFactors'),
  defaultFactors: amongMethods('defaultFactors'),
  secondaryFactors: amongMethods('secondaryFactors'),
  secondaryRequired: onOff('secondaryRequired'),
  phishingResistantRequired: onOff('phishingResistantRequired'),
  requireAlternativeToSms: onOff('requireAlternativeToSms'),
  smsCountries: ({ rules, onChange }) => (
    <Countries codes={rules.smsCountries} onChange={(smsCountries) => onChange({ ...rules, smsCountries })} />
  ),
  userVerification: ({ rules, onChange, labelledBy }) => (
    <Radios
      labelledBy={labelledBy}
      options={(['required', 'preferred'] as const).map((id) => ({
        id,
        name: t(`rules.options.userVerification.${id}`),
      }))}
      value={rules.userVerification}
      onChange={(userVerification) => onChange({ ...rules, userVerification })}
    />
  ),
  recoveryCodes: ({ rules, onChange, labelledBy }) => (
    <RecoveryCodeRule
      labelledBy={labelledBy}
      rule={rules.recoveryCodes}
      onChange={(recoveryCodes) => onChange({ ...rules, recoveryCodes })}
    />
  ),
  'session.absolute': duration(
    'session.absolute',
    [1, 3, 8, 12, 24].map((hours) => hours * hour),
  ),
  'session.idle': duration(
    'session.idle',
    [5, 15, 30, 60].map((minutes) => minutes * minute),
  ),
  'reauthenticateAfter.enrolling': duration('reauthenticateAfter.enrolling', [0, 5 * minute, hour, 3 * hour]),
  'reauthenticateAfter.revoking': duration('reauthenticateAfter.revoking', [0, 5 * minute, hour, 3 * hour]),
  freshFactorServes: onOff('freshFactorServes'),
  resetsBy: ({ rules, onChange, labelledBy }) => (
    <Ticks
      labelledBy={labelledBy}
      options={(['administrator', 'support'] as const).map((id) => ({ id, name: t(`rules.options.resetsBy.${id}`) }))}
      value={rules.resetsBy}
      onChange={(resetsBy) => onChange({ ...rules, resetsBy })}
    />
  ),
  resetApproval: onOff('resetApproval'),
  genericAccounts: ({ rules, onChange, labelledBy }) => (
    <Radios
      labelledBy={labelledBy}
      options={(['allowed', 'refused'] as const).map((id) => ({ id, name: t(`rules.options.genericAccounts.${id}`) }))}
      value={rules.genericAccounts}
      onChange={(genericAccounts) => onChange({ ...rules, genericAccounts })}
    />
  ),
  genericNames: ({ rules, onChange, ...ids }) => (
    <Names {...ids} names={rules.genericNames} onChange={(genericNames) => onChange({ ...rules, genericNames })} />
  ),
};
