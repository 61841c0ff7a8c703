import { useState } from 'react';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { leave } from '../api/query-client';
import { Button } from '../elements/button';
import { PasswordForm } from '../elements/password-form';
import { Question } from '../elements/question';
import { t } from '../words/words';
import { endingTheSession } from './ending-the-session';

/** Clears every own method and signs out everywhere; where the practice wants it, an administrator approves first (AX4). */
export function ResetFactors({ onDone }: { readonly onDone: (sentence: string) => void }) {
  const [asking, setAsking] = useState(false);
  const close = () => setAsking(false);
  const reset = async (password: string) => {
    const { status } = await endingTheSession(answered(api.POST('/v1/me/factors/reset', { body: { password } })));
    if (status === 'done') return leave('reset');
    onDone(t('resets.ownWaiting'));
    close();
  };
  return (
    <section className="part" aria-labelledby="reset">
      <h2 id="reset">{t('resets.own')}</h2>
      <p className="part-lead">{t('resets.ownLead')}</p>
      <Button onPress={() => setAsking(true)}>{t('resets.own')}</Button>
      <Question heading={t('resets.ownHeading')} open={asking} onClose={close}>
        <PasswordForm
          lead={t('resets.ownSentence')}
          submit={t('resets.submit')}
          look="danger"
          onPassword={reset}
          onCancel={close}
        />
      </Question>
    </section>
  );
}
