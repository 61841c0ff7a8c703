import { CircleCheck, CircleMinus } from 'lucide-react';
import type { PolicyView } from '../../api/queries';
import { t } from '../../words/words';
import { goTo } from './go-to';
import { settingId } from './setting';

interface AssuranceProps {
  readonly assurance: PolicyView['assurance'];
  readonly settings: PolicyView['settings'];
}

/** What rules reach, and which settings hold them back, each with its clause and a way to it (PRODUCT BX9). */
export function Assurance({ assurance, settings }: AssuranceProps) {
  const labelOf = (setting: string) => settings.find((one) => one.setting === setting)?.label ?? setting;
  return (
    <ul className="standards">
      {assurance.map(({ standard, label, reached, heldBackBy }) => {
        const Icon = reached ? CircleCheck : CircleMinus;
        return (
          <li className="standard" key={standard}>
            <h3 className="standard-name">{label}</h3>
            <p className={reached ? 'mark-state mark-complete' : 'mark-state mark-none'}>
              <Icon aria-hidden />
              {t(reached ? 'rules.reached' : 'rules.notReached')}
            </p>
            {heldBackBy.length > 0 && (
              <ul className="hindrances" aria-label={t('rules.heldBack')}>
                {heldBackBy.map(({ setting, sentence, clause }) => (
                  <li key={sentence}>
                    {sentence} <span className="clause">{clause}.</span>{' '}
                    {setting !== null && (
                      <a href={`#${settingId(setting)}`} onClick={(event) => goTo(event, settingId(setting))}>
                        {labelOf(setting)}
                      </a>
                    )}
                  </li>
                ))}
              </ul>
            )}
          </li>
        );
      })}
    </ul>
  );
}
