import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { factorsQuery, sessionsQuery } from '../api/queries';
import { Instant } from '../elements/instant';
import { Notice } from '../elements/notice';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { t } from '../words/words';
import { FactorList } from './factor-list';
import { RecoveryCodesLeft } from './recovery-codes-left';
import { ResetFactors } from './reset-factors';
import { SessionList } from './session-list';

/** How the person signs in, and where they are signed in. */
export function SecurityPage() {
  const factors = useQuery(factorsQuery);
  const sessions = useQuery(sessionsQuery);
  const [done, setDone] = useState<string | null>(null);
  return (
    <>
      <PageHeading>{t('security.heading')}</PageHeading>
      <div className="lead">{done === null ? <p>{t('security.lead')}</p> : <Notice tone="done">{done}</Notice>}</div>
      {factors.data && factors.data.frozenUntil !== null && (
        <Notice tone="note">
          {t('security.frozen')} <Instant at={factors.data.frozenUntil} />. {t('security.frozenNext')}
        </Notice>
      )}
      <section className="part" aria-labelledby="two-factor">
        <h2 id="two-factor">{t('security.twoFactor')}</h2>
        <Reading query={factors} lines={4}>
          {(data) => <FactorList factors={data} onDone={setDone} />}
        </Reading>
      </section>
      <section className="part" aria-labelledby="recovery-codes">
        <h2 id="recovery-codes">{t('security.codes')}</h2>
        <Reading query={factors} lines={3}>
          {(data) => <RecoveryCodesLeft factors={data} />}
        </Reading>
      </section>
      <Reading query={factors} lines={2}>
        {(data) => (data.factors.length === 0 ? null : <ResetFactors onDone={setDone} />)}
      </Reading>
      <section className="part" aria-labelledby="sessions">
        <h2 id="sessions">{t('security.sessions')}</h2>
        <p className="part-lead">{t('security.sessionsSentence')}</p>
        <Reading query={sessions} lines={4}>
          {(data) => <SessionList sessions={data} onDone={setDone} />}
        </Reading>
      </section>
    </>
  );
}
