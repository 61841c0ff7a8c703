import { Choose } from '../../elements/choose';
import { Radios } from '../../elements/radios';
import { t } from '../../words/words';
import type { Rules } from './rules';

type Rule = Rules['recoveryCodes'];

interface RecoveryCodeRuleProps {
  readonly labelledBy: string;
  readonly rule: Rule;
  readonly onChange: (rule: Rule) => void;
}

const rules: { readonly [Kind in Rule['kind']]: Rule } = {
  list: { kind: 'list', count: 10 },
  single: { kind: 'single', count: 1 },
  none: { kind: 'none', count: 0 },
};
const counts = [5, 8, 10, 12, 15, 20];

/** Which recovery codes people get, and how many. */
export function RecoveryCodeRule({ labelledBy, rule, onChange }: RecoveryCodeRuleProps) {
  const offered = [...new Set([...counts, rule.count])].sort((one, other) => one - other);
  return (
    <>
      <Radios
        labelledBy={labelledBy}
        options={(['list', 'single', 'none'] as const).map((id) => ({
          id,
          name: t(`rules.options.recoveryCodes.${id}`),
        }))}
        value={rule.kind}
        onChange={(kind) => onChange(rules[kind])}
      />
      {rule.kind === 'list' && (
        <div className="setting-choice">
          <Choose
            label={t('rules.count')}
            options={offered.map((count) => ({ id: String(count), name: t('rules.codes', { count }) }))}
            value={String(rule.count)}
            onChange={(count) => onChange({ kind: 'list', count: Number(count) })}
          />
        </div>
      )}
    </>
  );
}
