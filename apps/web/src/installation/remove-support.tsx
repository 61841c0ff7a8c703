import { useState } from 'react';
import { api } from '../api/client';
import { answered } from '../api/problem';
import type { SupportColleague } from '../api/queries';
import { Button } from '../elements/button';
import { Notice } from '../elements/notice';
import { Question } from '../elements/question';
import { useAction } from '../elements/use-action';
import { endingTheSession } from '../security/ending-the-session';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';

interface RemoveSupportProps {
  readonly colleague: SupportColleague;
  readonly onDone: (sentence: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks once more, then dismisses someone from support, at once. */
export function RemoveSupport({ colleague: { personId, name }, onDone, onClose }: RemoveSupportProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const remove = useAction(async () => {
    setProblem(null);
    try {
      await endingTheSession(answered(api.DELETE('/v1/support-staff/{personId}', { params: { path: { personId } } })));
    } catch (error) {
      return setProblem(problemSentence(error, new Date()));
    }
    await onDone(t('installation.staff.removed', { name }));
  });
  return (
    <Question heading={t('installation.staff.removeHeading', { name })} open onClose={onClose}>
      <div className="lead">
        {problem === null ? <p>{t('installation.staff.removeSentence')}</p> : <Notice tone="problem">{problem}</Notice>}
      </div>
      <div className="form-actions">
        <Button look="danger" pending={remove.pending} onPress={() => void remove.start()}>
          {t('installation.staff.remove')}
        </Button>
        <Button onPress={onClose}>{t('actions.cancel')}</Button>
      </div>
    </Question>
  );
}
