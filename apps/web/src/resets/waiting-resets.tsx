import { Hourglass } from 'lucide-react';
import { useState } from 'react';
import { queryClient } from '../api/query-client';
import type { WaitingReset } from '../api/queries';
import { Button } from '../elements/button';
import { Instant } from '../elements/instant';
import { Notice } from '../elements/notice';
import { PasswordForm } from '../elements/password-form';
import { Question } from '../elements/question';
import { endingTheSession } from '../security/ending-the-session';
import { t } from '../words/words';

export type Decision = 'approve' | 'refuse';

interface WaitingResetsProps {
  readonly resets: readonly WaitingReset[];
  readonly decide: (decision: Decision, resetId: string, password: string) => Promise<unknown>;
}

/** The resets that wait for a second person, each with who asked and until when it can be decided on (PRODUCT BX5). */
export function WaitingResets({ resets, decide }: WaitingResetsProps) {
  const [asking, setAsking] = useState<{ readonly decision: Decision; readonly reset: WaitingReset } | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const close = () => setAsking(null);
  const send = async (password: string) => {
    if (asking === null) return;
    const { decision, reset } = asking;
    await endingTheSession(decide(decision, reset.resetId, password)).finally(
      () => void queryClient.invalidateQueries({ queryKey: ['resets'] }),
    );
    setDone(t(`resets.decided.${decision}`, { name: reset.person.name }));
    close();
  };
  return (
    <>
      {done !== null && <Notice tone="done">{done}</Notice>}
      {resets.length === 0 ? (
        <p className="empty">{t('resets.none')}</p>
      ) : (
        <ul className="cards">
          {resets.map((reset) => (
            <ResetCard key={reset.resetId} reset={reset} onDecide={(decision) => setAsking({ decision, reset })} />
          ))}
        </ul>
      )}
      {asking !== null && (
        <Question
          heading={t(`resets.${asking.decision}Heading`, { name: asking.reset.person.name })}
          open
          onClose={close}
        >
          <PasswordForm
            lead={t(`resets.${asking.decision}Sentence`)}
            submit={t(`resets.${asking.decision}`)}
            look={asking.decision === 'approve' ? 'danger' : 'main'}
            onPassword={send}
            onCancel={close}
          />
        </Question>
      )}
    </>
  );
}

interface ResetCardProps {
  readonly reset: WaitingReset;
  readonly onDecide: (decision: Decision) => void;
}

function ResetCard({ reset, onDecide }: ResetCardProps) {
  const { person, requestedBy, explanation, requestedAt, expiresAt, mayDecide } = reset;
  return (
    <li className="card">
      <Hourglass aria-hidden />
      <div className="card-words">
        <h2 className="card-name">{person.name}</h2>
        <p>
          {t(`resets.askedBy.${requestedBy.kind}`, { by: requestedBy.name })} <Instant at={requestedAt} />
        </p>
        {explanation !== null && <p>{t('resets.because', { explanation })}</p>}
        <p>
          {t('resets.until')} <Instant at={expiresAt} />
        </p>
        {!mayDecide && <p className="hint-line">{t('resets.notYours')}</p>}
      </div>
      {mayDecide && (
        <div className="form-actions">
          <Button onPress={() => onDecide('approve')}>{t('resets.approve')}</Button>
          <Button onPress={() => onDecide('refuse')}>{t('resets.refuse')}</Button>
        </div>
      )}
    </li>
  );
}
