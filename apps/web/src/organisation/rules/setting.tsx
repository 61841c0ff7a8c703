import { CircleAlert } from 'lucide-react';
import type { PolicyView } from '../../api/queries';
import { t } from '../../words/words';
import { controls } from './controls';
import type { Rules, Setting } from './rules';

interface SettingProps {
  readonly setting: Setting;
  readonly told: PolicyView['settings'][number];
  readonly rules: Rules;
  readonly problem: string | null;
  readonly onChange: (rules: Rules) => void;
}

/** The address of a setting on its page. */
export const settingId = (setting: string): string => `setting-${setting.replace('.', '-')}`;

/** One setting: what it is called, what it does, which clause speaks of it, and how it is changed. */
export function SettingRow({ setting, told, rules, problem, onChange }: SettingProps) {
  const id = settingId(setting);
  const [labelledBy, describedBy] = [`${id}-label`, `${id}-sentence`];
  const Control = controls[setting];
  return (
    <div className="setting" id={id} role="group" aria-labelledby={labelledBy} tabIndex={-1}>
      <h3 className="setting-label" id={labelledBy}>
        {told.label}
      </h3>
      <p className="setting-sentence" id={describedBy}>
        {told.sentence}{' '}
        {told.clause !== null && <span className="clause">{t('rules.clause', { clause: told.clause })}.</span>}
      </p>
      {problem !== null && (
        <p className="field-problem">
          <CircleAlert aria-hidden />
          <span>{problem}</span>
        </p>
      )}
      <Control rules={rules} onChange={onChange} labelledBy={labelledBy} describedBy={describedBy} />
    </div>
  );
}
