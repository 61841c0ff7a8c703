import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { installationQuery } from '../api/queries';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { pathAfter } from '../sign-in/arrival';
import { signInProgress } from '../sign-in/progress';
import { t } from '../words/words';
import { PracticeForm, type CreatedPractice } from './practice-form';

/** A new practice with its first administrator, who is signed in straight away. */
export function CreatePracticePage() {
  const installation = useQuery(installationQuery);
  const signIn = useFirstSignIn();
  return (
    <>
      <PageHeading>{t('practice.heading')}</PageHeading>
      <Reading query={installation} lines={8}>
        {({ registration, organisations, presets }) =>
          registration === 'open' ? (
            <>
              <PracticeForm
                lead={t(organisations === 'none' ? 'practice.leadFirst' : 'practice.lead')}
                whose="own"
                offered={presets}
                onCreated={signIn}
                onCancel={null}
              />
              <p className="aside">
                {organisations === 'some' && (
                  <>
                    {t('practice.haveAccount')} <Link to="/sign-in">{t('signIn.heading')}</Link>
                  </>
                )}
              </p>
            </>
          ) : (
            <RegistrationClosed />
          )
        }
      </Reading>
    </>
  );
}

function RegistrationClosed() {
  return (
    <>
      <div className="lead">
        <p>{t('practice.closed.lead')}</p>
      </div>
      <Link className="button button-main" to="/sign-in">
        {t('practice.closed.back')}
      </Link>
    </>
  );
}

/** The practice stands by then, so a sign-in that fails goes on at the sign-in page. */
function useFirstSignIn() {
  const navigate = useNavigate();
  return async ({ email, password }: CreatedPractice): Promise<void> => {
    try {
      const { signInId, next } = await answered(api.POST('/v1/sign-ins', { body: { email, password } }));
      signInProgress.keep(signInId);
      await navigate(await pathAfter(next, null), { replace: true });
    } catch {
      await navigate('/sign-in', { replace: true, state: { because: 'created', email } });
    }
  };
}
