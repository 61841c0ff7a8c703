import { useQuery } from '@tanstack/react-query';
import { Radios } from '../../elements/radios';
import { t } from '../../words/words';
import { changedSettings, rulesOf, type Rules } from './rules';
import { presetsQuery } from './rules-queries';

interface PresetsProps {
  readonly rules: Rules;
  readonly onChange: (rules: Rules) => void;
}

const labelledBy = 'presets';

/** Fills in every setting from a preset; which one stands there is seen from the settings. */
export function Presets({ rules, onChange }: PresetsProps) {
  const { data: presets = [] } = useQuery(presetsQuery);
  // Enforcement is switched by its own switch, and says nothing about the rest.
  const from = (policy: (typeof presets)[number]['policy']): Rules => ({
    ...rulesOf(policy),
    enforced: rules.enforced,
  });
  const standing = presets.find(({ policy }) => changedSettings(from(policy), rules).length === 0);
  const options = presets.map(({ preset }) => ({
    id: preset,
    name: t(`rules.presets.${preset}.name`),
    sentence: t(`rules.presets.${preset}.sentence`),
  }));
  const own = { id: 'own', name: t('rules.ownRules.name'), sentence: t('rules.ownRules.sentence') } as const;
  return (
    <section className="part" aria-labelledby={labelledBy}>
      <h2 id={labelledBy}>{t('rules.preset')}</h2>
      <p className="part-lead">{t('rules.presetSentence')}</p>
      <div className="rules-presets">
        <Radios
          labelledBy={labelledBy}
          options={standing === undefined ? [...options, own] : options}
          value={standing?.preset ?? 'own'}
          onChange={(chosen) => {
            const found = presets.find(({ preset }) => preset === chosen);
            if (found !== undefined) onChange(from(found.policy));
          }}
        />
      </div>
    </section>
  );
}
