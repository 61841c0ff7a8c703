import { ChevronRight } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useNavigate } from 'react-router';
import { api } from '../api/client';
import { answered, refusalCode } from '../api/problem';
import { leave } from '../api/query-client';
import type { Factors } from '../api/queries';
import { Button } from '../elements/button';
import { Lead } from '../elements/notice';
import { PasswordForm } from '../elements/password-form';
import { Question } from '../elements/question';
import { useAction } from '../elements/use-action';
import { FactorIcon } from '../sign-in/method-choice';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';
import { startEnrolment, type Enrolment } from './enrolment';

interface FactorChoiceProps {
  readonly factors: Factors;
  readonly required: boolean;
  readonly onStarted: (enrolment: Enrolment) => void;
}

/** The first step of a set-up: which kind. */
export function FactorChoice({ factors, required, onStarted }: FactorChoiceProps) {
  const offered = factors.allowed.includes('totp');
  const start = useStart(onStarted);
  const lead = required ? 'leadRequired' : factors.factors.length > 0 ? 'leadAnother' : 'lead';
  return (
    <>
      <Lead alert={start.alert} alertRef={start.alertRef}>
        {t(offered ? `setUp.${lead}` : 'setUp.none')}
      </Lead>
      {offered && (
        <ul className="choices" aria-label={t('setUp.choose')}>
          <li>
            <AriaButton
              className={start.pending ? 'choice choice-main choice-pending' : 'choice choice-main'}
              onPress={() => void start.start(null)}
            >
              <FactorIcon type="totp" />
              <span className="choice-words">
                <span className="choice-name">{t('setUp.app')}</span>
                <span className="choice-sentence">{t('setUp.appSentence')}</span>
              </span>
              <ChevronRight aria-hidden />
            </AriaButton>
          </li>
        </ul>
      )}
      <WayOut required={required} some={factors.factors.length > 0} />
      <Question heading={t('setUp.passwordHeading')} open={start.asking} onClose={start.stopAsking}>
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

/** Starts at once; where the practice wants the password again, asks for it and then starts. */
function useStart(onStarted: (enrolment: Enrolment) => void) {
  const [alert, setAlert] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const alertRef = useRef<HTMLDivElement>(null);
  const action = useAction(async (password: string | null) => {
    setAlert(null);
    try {
      onStarted(await startEnrolment(password));
    } catch (error) {
      if (refusalCode(error) === 'not-signed-in') return leave('ended');
      if (refusalCode(error) === 'password-required') return setAsking(true);
      setAlert(problemSentence(error, new Date()));
    }
  });
  return {
    ...action,
    alert,
    alertRef,
    asking,
    stopAsking: () => setAsking(false),
    withPassword: async (password: string) => onStarted(await startEnrolment(password)),
  };
}

/** Nobody is kept here: "Not now" where it is an offer, signing out where it is a demand. */
export function WayOut({ required, some }: { readonly required: boolean; readonly some: boolean }) {
  const navigate = useNavigate();
  const signOut = useAction(async () => {
    await answered(api.DELETE('/v1/session')).catch(() => undefined);
    leave('signed-out');
  });
  return (
    <div className="other-ways">
      {required ? (
        <Button look="plain" pending={signOut.pending} onPress={() => void signOut.start()}>
          {t('setUp.signOut')}
        </Button>
      ) : (
        <Button look="plain" onPress={() => void navigate('/security')}>
          {t(some ? 'setUp.back' : 'setUp.notNow')}
        </Button>
      )}
    </div>
  );
}
