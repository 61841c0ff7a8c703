import { Button } from '../../elements/button';
import { Choose } from '../../elements/choose';
import { countries } from '../../set-up/text-message/countries';
import { t } from '../../words/words';

interface CountriesProps {
  readonly codes: readonly string[];
  readonly onChange: (codes: string[]) => void;
}

/** Countries in the order in which they are offered. */
export function Countries({ codes, onChange }: CountriesProps) {
  const others = countries([]).filter(({ id }) => !codes.includes(id));
  const without = (code: string) => codes.filter((one) => one !== code);
  return (
    <>
      {codes.length > 0 && (
        <ul className="rows" aria-label={t('rules.countries')}>
          {countries(codes).map(({ id, name }, index) => (
            <li className="row" key={id}>
              <span className="row-name">
                {name}
                {index === 0 && <span className="tag">{t('rules.first')}</span>}
              </span>
              {index > 0 && (
                <Button
                  look="plain"
                  label={t('rules.offerFirstNamed', { name })}
                  onPress={() => onChange([id, ...without(id)])}
                >
                  {t('rules.offerFirst')}
                </Button>
              )}
              <Button look="plain" label={t('rules.removeNamed', { name })} onPress={() => onChange(without(id))}>
                {t('rules.remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className="setting-choice">
        <Choose
          label={t('rules.addCountry')}
          all={t('rules.chooseCountry')}
          options={others}
          value=""
          onChange={(code) => {
            if (code !== '') onChange([...codes, code]);
          }}
        />
      </div>
    </>
  );
}
