import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate } from 'react-router';
import { refusalCode } from '../api/problem';
import { factorsQuery, visitorQuery, type Factors } from '../api/queries';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { SignInExpired } from '../sign-in/code-page';
import { t } from '../words/words';
import { AppForm } from './app-form';
import { FactorChoice } from './factor-choice';
import type { Enrolment } from './enrolment';

/** Adds a second factor: asked for by the practice while signing in, offered after it, or chosen on Security. */
export function SetUpPage() {
  const visitor = useQuery(visitorQuery);
  if (visitor.data?.state === 'signed-out') {
    const { because } = visitor.data;
    return because === 'not-yet' ? <SignInExpired /> : <Navigate to="/sign-in" replace state={{ because }} />;
  }
  return (
    <>
      <PageHeading>{t('setUp.heading')}</PageHeading>
      <Reading query={visitor} lines={5}>
        {(data) => <SetUp required={data.state === 'signing-in'} />}
      </Reading>
    </>
  );
}

function SetUp({ required }: { readonly required: boolean }) {
  const factors = useQuery({ ...factorsQuery, refetchOnWindowFocus: false });
  // This sign-in is to be proven first, not set up.
  if (refusalCode(factors.error) === 'second-factor-required') return <Navigate to="/sign-in/code" replace />;
  return (
    <Reading query={factors} lines={5}>
      {(data) => <Steps factors={data} required={required} />}
    </Reading>
  );
}

function Steps({ factors, required }: { readonly factors: Factors; readonly required: boolean }) {
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  return enrolment === null ? (
    <FactorChoice factors={factors} required={required} onStarted={setEnrolment} />
  ) : (
    <AppForm key={enrolment.enrolmentId} enrolment={enrolment} required={required} onAgain={() => setEnrolment(null)} />
  );
}
