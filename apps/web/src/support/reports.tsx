import { useQuery } from '@tanstack/react-query';
import { ShieldAlert } from 'lucide-react';
import { reportsQuery } from '../api/queries';
import { Instant } from '../elements/instant';
import { Reading } from '../elements/reading';
import { t } from '../words/words';

/** Who reported a change as not their own, masked, until the freeze is over (PRODUCT HE8). */
export function Reports() {
  const reports = useQuery(reportsQuery);
  return (
    <section className="part" aria-labelledby="reports">
      <h2 id="reports">{t('support.reports')}</h2>
      <p className="part-lead">{t('support.reportsLead')}</p>
      <Reading query={reports} lines={3}>
        {({ reports: people, more }) =>
          people.length === 0 ? (
            <p className="empty">{t('support.noReports')}</p>
          ) : (
            <>
              <ul className="cards">
                {people.map(({ maskedName, emailHint, practices, frozenUntil }, index) => (
                  <li className="card" key={index}>
                    <ShieldAlert aria-hidden />
                    <div className="card-words">
                      <h3 className="card-name">{maskedName}</h3>
                      <p>{emailHint}</p>
                      <p>{practices.length === 0 ? t('support.noPractice') : practices.join(', ')}</p>
                      <p>
                        {t('support.frozenUntil')} <Instant at={frozenUntil} />
                      </p>
                    </div>
                  </li>
                ))}
              </ul>
              {more > 0 && <p>{t('support.moreReports', { count: more })}</p>}
            </>
          )
        }
      </Reading>
    </section>
  );
}
