import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { CircleAlert, TicketCheck } from 'lucide-react';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { factorsQuery, type Factors } from '../api/queries';
import { Button } from '../elements/button';
import { PasswordForm } from '../elements/password-form';
import { Question } from '../elements/question';
import { useFreshCodes } from '../recovery-codes/fresh-codes';
import { t } from '../words/words';
import { endingTheSession } from './ending-the-session';

const few = 3;

/** How many recovery codes are left, and a way to get new ones. */
export function RecoveryCodesLeft({ factors }: { readonly factors: Factors }) {
  const [asking, setAsking] = useState(false);
  const { remaining } = factors.recoveryCodes;
  if (factors.factors.length === 0 && remaining === 0) return <p className="part-lead">{t('security.codesNone')}</p>;
  return (
    <>
      <p className="part-lead">{t('security.codesSentence')}</p>
      <ul className="cards">
        <li className="card">
          <TicketCheck aria-hidden />
          <div className="card-words">
            <h3 className="card-name">{t('security.codesLeft', { count: remaining })}</h3>
            {remaining <= few && (
              <p className="hint-line">
                <CircleAlert aria-hidden />
                {t('security.codesFew')}
              </p>
            )}
          </div>
          <Button onPress={() => setAsking(true)}>{t('security.newCodes')}</Button>
        </li>
      </ul>
      <Question heading={t('security.newCodesHeading')} open={asking} onClose={() => setAsking(false)}>
        <NewCodes onClose={() => setAsking(false)} />
      </Question>
    </>
  );
}

function NewCodes({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const fresh = useFreshCodes();
  const client = useQueryClient();
  const issue = async (password: string) => {
    const { recoveryCodes } = await endingTheSession(
      answered(api.POST('/v1/me/recovery-codes', { body: { password } })),
    );
    // The number of codes that was read before is wrong from here on, even for a moment.
    client.removeQueries({ queryKey: factorsQuery.queryKey });
    fresh.show({ codes: recoveryCodes, then: '/security' });
    await navigate('/recovery-codes');
  };
  return (
    <PasswordForm
      lead={t('security.newCodesSentence')}
      submit={t('security.newCodesSubmit')}
      onPassword={issue}
      onCancel={onClose}
    />
  );
}
