import type { Person } from '../../api/queries';
import { FactorIcon } from '../../elements/factor-icon';
import { t } from '../../words/words';
import { SecondFactorMark } from './second-factor-state';

/** What a manager sees of someone's methods: their kinds, and never a number or an address (PRODUCT AX3). */
export function SecondFactorSection({ person }: { readonly person: Person }) {
  const { name, secondFactor, methods, secondFactorRequired, firstPassword } = person;
  return (
    <section className="part" aria-labelledby="second-factor">
      <h2 id="second-factor">{t('people.columns.secondFactor')}</h2>
      <p className="state">
        <SecondFactorMark state={secondFactor} />
        <span>{t(`people.states.${firstPassword === 'missing' ? 'noPassword' : secondFactor}`, { name })}</span>
      </p>
      {methods.length > 0 && (
        <ul className="kinds" aria-label={t('people.methods')}>
          {methods.map((type) => (
            <li className="kind" key={type}>
              <FactorIcon type={type} />
              {t(`factors.${type}`)}
            </li>
          ))}
        </ul>
      )}
      {secondFactorRequired && <p className="part-lead">{t('people.requiredByOperator', { name })}</p>}
    </section>
  );
}
