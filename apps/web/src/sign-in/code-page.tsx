import { useQuery } from '@tanstack/react-query';
import { Navigate, useLocation, useNavigate } from 'react-router';
import { useState } from 'react';
import { refusalCode } from '../api/problem';
import { leave } from '../api/query-client';
import { signInQuery, type Method } from '../api/queries';
import { Button } from '../elements/button';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { useFreshCodes } from '../recovery-codes/fresh-codes';
import { t } from '../words/words';
import { arrivalOf, pathAfter } from './arrival';
import { Challenges, type Answer } from './challenges';
import { MethodChoice } from './method-choice';
import { MethodForm } from './method-form';
import { signInProgress } from './progress';
import { SignInExpired } from './sign-in-expired';

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
      {signIn.data?.step !== 'second-factor' && <PageHeading>{t('code.heading')}</PageHeading>}
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

/** The person's own default first, then any that is no recovery code, then what there is. */
const firstOf = (methods: readonly Method[]): Method | undefined =>
  methods.find(({ role }) => role === 'default') ?? methods.find(({ type }) => type !== 'recovery-code') ?? methods[0];

function Methods({ signInId, methods }: { readonly signInId: string; readonly methods: readonly Method[] }) {
  const navigate = useNavigate();
  const { returnTo } = arrivalOf(useLocation());
  const [challenges] = useState(() => new Challenges(signInId));
  const [chosen, setChosen] = useState(() => firstOf(methods));
  const [choosing, setChoosing] = useState(false);
  const recovery = methods.find(({ type }) => type === 'recovery-code');
  const proof = useProof(challenges, returnTo);
  if (chosen === undefined) return <NoMethod />;
  const choose = (method: Method) => {
    setChosen(method);
    setChoosing(false);
  };
  const byMethod = chosen.type === 'webauthn' ? 'passkeyHeading' : 'heading';
  return (
    <>
      <PageHeading>{t(`code.${choosing ? 'chooseHeading' : byMethod}`)}</PageHeading>
      {choosing ? (
        <MethodChoice methods={methods} onChoose={choose} />
      ) : (
        <MethodForm key={chosen.credentialId} method={chosen} challenges={challenges} onAnswer={proof} />
      )}
      <div className="other-ways">
        {!choosing && recovery !== undefined && chosen !== recovery && (
          <Button look="plain" onPress={() => choose(recovery)}>
            {t('code.useRecovery')}
          </Button>
        )}
        {!choosing && methods.length > 1 && (
          <Button look="plain" onPress={() => setChoosing(true)}>
            {t('code.another')}
          </Button>
        )}
        <Button look="plain" onPress={() => void navigate('/sign-in')}>
          {t('code.startAgain')}
        </Button>
      </div>
    </>
  );
}

function NoMethod() {
  return (
    <>
      <PageHeading>{t('code.heading')}</PageHeading>
      <p className="lead">{t('code.noMethod')}</p>
    </>
  );
}

/** Answers with a method, and goes on: to codes that replace a used one, then to where the sign-in leads. */
function useProof(challenges: Challenges, returnTo: string | null) {
  const navigate = useNavigate();
  const fresh = useFreshCodes();
  return async (method: Method, answer: Answer): Promise<void> => {
    try {
      const { next, recoveryCodes = [] } = await challenges.answer(method, answer);
      const path = await pathAfter(next, returnTo);
      if (recoveryCodes.length > 0) fresh.show({ codes: recoveryCodes, then: path });
      await navigate(recoveryCodes.length > 0 ? '/recovery-codes' : path, { replace: true });
    } catch (error) {
      if (refusalCode(error) !== 'not-signed-in') throw error;
      signInProgress.forget();
      leave('not-yet');
      await navigate('/sign-in', { replace: true, state: { because: 'sign-in-expired', returnTo } });
    }
  };
}
