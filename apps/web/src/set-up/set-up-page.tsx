import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Navigate } from 'react-router';
import { refusalCode } from '../api/problem';
import { factorsQuery, visitorQuery, type Factors } from '../api/queries';
import { PageHeading } from '../elements/page-heading';
import { PasswordForm } from '../elements/password-form';
import { Question } from '../elements/question';
import { Reading } from '../elements/reading';
import { SignInExpired } from '../sign-in/sign-in-expired';
import { t } from '../words/words';
import type { Enrolment, SetUpType } from './enrolment';
import { FactorChoice } from './factor-choice';
import { setUpKinds } from './kinds';
import { useStart, type Start } from './use-start';
import { WayOut } from './way-out';

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

/** Which kind, what it starts with, what confirms it. */
function Steps({ factors, required }: { readonly factors: Factors; readonly required: boolean }) {
  const [chosen, setChosen] = useState<SetUpType | null>(null);
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const start = useStart(setEnrolment);
  const choose = (type: SetUpType) => {
    if (setUpKinds[type].Details === null) return void start.start(type);
    setChosen(type);
  };
  const startAnew = () => {
    setEnrolment(null);
    setChosen(null);
  };
  const step = stepOf({ factors, chosen, enrolment, start, onAgain: startAnew });
  return (
    <>
      {step ?? <FactorChoice factors={factors} required={required} start={start} onChosen={choose} />}
      <WayOut required={required} some={factors.factors.length > 0} onOther={step === null ? null : startAnew} />
      <Question heading={t('setUp.passwordHeading')} open={start.asking !== null} onClose={start.stopAsking}>
        <PasswordForm
          lead={t('setUp.passwordLead')}
          submit={t('setUp.passwordSubmit')}
          onPassword={start.withPassword}
          onCancel={start.stopAsking}
        />
      </Question>
    </>
  );
}

interface Progress {
  readonly factors: Factors;
  readonly chosen: SetUpType | null;
  readonly enrolment: Enrolment | null;
  readonly start: Start;
  readonly onAgain: () => void;
}

/** The form of the step after the choice; null while nothing is chosen. */
function stepOf({ factors, chosen, enrolment, start, onAgain }: Progress): ReactNode {
  if (enrolment !== null) {
    const { Confirmation } = setUpKinds[enrolment.type];
    return <Confirmation key={enrolment.enrolmentId} enrolment={enrolment} onAgain={onAgain} />;
  }
  if (chosen === null) return null;
  const { Details } = setUpKinds[chosen];
  return Details === null ? null : (
    <Details factors={factors} onDetails={(fields) => start.withFields(chosen, fields)} />
  );
}
