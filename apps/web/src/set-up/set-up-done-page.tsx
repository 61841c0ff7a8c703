import { useQuery } from '@tanstack/react-query';
import { CircleAlert } from 'lucide-react';
import { Link, Navigate, useSearchParams } from 'react-router';
import { factorsQuery, visitorQuery, type Factors } from '../api/queries';
import { Outcome } from '../elements/notice';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { FactorIcon } from '../elements/factor-icon';
import { tellingHint } from '../words/hint';
import { t } from '../words/words';
import { setUpThen, useErrand } from './errand';
import { offeredTo } from './factor-choice';

/** Confirms a set-up on screen, with the default and the secondary method highlighted (PRODUCT HC3), and what is left. */
export function SetUpDonePage() {
  const [parameters] = useSearchParams();
  const visitor = useQuery(visitorQuery);
  const factors = useQuery({ ...factorsQuery, enabled: visitor.data !== undefined });
  if (visitor.data?.state === 'signed-out') return <Navigate to="/sign-in" replace />;
  const required = visitor.data?.state === 'signing-in';
  return (
    <>
      <PageHeading>{t('setUp.doneHeading')}</PageHeading>
      <Reading query={factors} lines={5}>
        {(data) => <Done factors={data} added={parameters.get('added')} required={required} />}
      </Reading>
    </>
  );
}

interface DoneProps {
  readonly factors: Factors;
  readonly added: string | null;
  readonly required: boolean;
}

function Done({ factors, added, required }: DoneProps) {
  const one = factors.factors.find(({ credentialId }) => credentialId === added);
  return (
    <>
      <Outcome tone="done">{one === undefined ? t('setUp.doneAny') : t('setUp.done', { name: one.name })}</Outcome>
      <ul className="cards roles" aria-label={t('setUp.yours')}>
        {factors.factors.map((factor) => (
          <li className={factor.role === null ? 'card' : 'card card-chosen'} key={factor.credentialId}>
            <FactorIcon type={factor.type} />
            <div className="card-words">
              <h2 className="card-name">
                {factor.name}
                {factor.role !== null && <span className="tag tag-role">{t(`security.roles.${factor.role}`)}</span>}
              </h2>
              <p>{tellingHint(factor, factor.name)}</p>
            </div>
          </li>
        ))}
      </ul>
      <Onward factors={factors} required={required} />
    </>
  );
}

/** What the rules still ask for, and where to go: on with the set-up while one can be added, else to the account. */
function Onward({ factors, required }: { readonly factors: Factors; readonly required: boolean }) {
  const errand = useErrand();
  const { missing } = factors.setUp;
  const more = required || (missing.some((one) => one !== 'recovery-codes') && offeredTo(factors).length > 0);
  return (
    <>
      {missing.map((one) => (
        <p className="hint-line" key={one}>
          <CircleAlert aria-hidden />
          {t(`security.missing.${one}`)}
        </p>
      ))}
      <div className="form-actions onward">
        <Link className="button button-main" to={more ? setUpThen(errand) : (errand ?? '/security')}>
          {t(more ? 'setUp.addNext' : 'setUp.finish')}
        </Link>
        {more && !required && (
          <Link className="button button-quiet" to={errand ?? '/security'}>
            {t('setUp.notNow')}
          </Link>
        )}
      </div>
    </>
  );
}
