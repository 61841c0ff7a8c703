import { useQuery } from '@tanstack/react-query';
import { Navigate, useLocation, useNavigate } from 'react-router';
import { useMemo, useState } from 'react';
import { refusalCode } from '../api/problem';
import { leave } from '../api/query-client';
import { signInQuery, type Method } from '../api/queries';
import { Button } from '../elements/button';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { t } from '../words/words';
import { arrivalOf, pathAfter } from './arrival';
import { Challenges } from './challenges';
import { CodeForm } from './code-form';
import { MethodChoice } from './method-choice';
import { signInProgress } from './progress';

/** The second step of a sign-in. */
export function CodePage() {
  const [signInId] = useState(signInProgress.read);
  return signInId === null ? <Navigate to="/sign-in" replace /> : <SecondStep signInId={signInId} />;
}

function SecondStep({ signInId }: { readonly signInId: string }) {
  const signIn = useQuery(signInQuery(signInId));
  const code = refusalCode(signIn.error);
  if (code === 'not-signed-in' || code === 'not-found') return <SignInExpired />;
  return (
    <>
      <PageHeading>{t('code.heading')}</PageHeading>
      <Reading query={signIn} lines={5}>
        {(next) => {
          if (next.step === 'set-up') return <Navigate to="/set-up" replace />;
          if (next.step === 'completed') return <Navigate to="/security" replace />;
          return <Methods signInId={signInId} methods={next.methods} />;
        }}
      </Reading>
    </>
  );
}

/** Sends back to the first step, and says why. */
export function SignInExpired() {
  signInProgress.forget();
  return <Navigate to="/sign-in" replace state={{ because: 'sign-in-expired' }} />;
}

/** The person's own default first, then any that is no recovery code, then what there is. */
const firstOf = (methods: readonly Method[]): Method | undefined =>
  methods.find(({ role }) => role === 'default') ?? methods.find(({ type }) => type !== 'recovery-code') ?? methods[0];

function Methods({ signInId, methods }: { readonly signInId: string; readonly methods: readonly Method[] }) {
  const navigate = useNavigate();
  const { returnTo } = arrivalOf(useLocation());
  const challenges = useMemo(() => new Challenges(signInId), [signInId]);
  const [chosen, setChosen] = useState(() => firstOf(methods));
  const [choosing, setChoosing] = useState(false);
  const recovery = methods.find(({ type }) => type === 'recovery-code');
  if (chosen === undefined) return <p className="lead">{t('code.noMethod')}</p>;
  const choose = (method: Method) => {
    setChosen(method);
    setChoosing(false);
  };
  return (
    <>
      {choosing ? (
        <MethodChoice methods={methods} onChoose={choose} />
      ) : (
        <CodeForm
          key={chosen.credentialId}
          method={chosen}
          onAnswer={async (code) => {
            const { next, recoveryCodes } = await challenges.answer(chosen.credentialId, code);
            const path = await pathAfter(next, returnTo);
            return { path, recoveryCodes: recoveryCodes ?? [] };
          }}
          onExpired={() => {
            signInProgress.forget();
            leave('not-yet');
            void navigate('/sign-in', { replace: true, state: { because: 'sign-in-expired', returnTo } });
          }}
        />
      )}
      <div className="other-ways">
        {!choosing && methods.length > 1 && (
          <Button look="plain" onPress={() => setChoosing(true)}>
            {t('code.another')}
          </Button>
        )}
        {!choosing && recovery !== undefined && chosen !== recovery && (
          <Button look="plain" onPress={() => choose(recovery)}>
            {t('code.useRecovery')}
          </Button>
        )}
        <Button look="plain" onPress={() => void navigate('/sign-in')}>
          {t('code.startAgain')}
        </Button>
      </div>
    </>
  );
}
