import { useState } from 'react';
import type { Site } from '../../api/queries';
import { Button } from '../../elements/button';
import { Notice } from '../../elements/notice';
import { Question } from '../../elements/question';
import { useAction } from '../../elements/use-action';
import { endingTheSession } from '../../security/ending-the-session';
import { problemSentence } from '../../words/problem-sentence';
import { t } from '../../words/words';
import { removeSite } from './sites-queries';

interface RemoveSiteProps {
  readonly organisationId: string;
  readonly site: Site;
  readonly onDone: (sentence: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks once more, then removes a site to which nobody belongs. */
export function RemoveSite({ organisationId, site: { siteId, name, people }, onDone, onClose }: RemoveSiteProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const remove = useAction(async () => {
    setProblem(null);
    try {
      await endingTheSession(removeSite(organisationId, siteId));
    } catch (error) {
      return setProblem(problemSentence(error, new Date()));
    }
    await onDone(t('sites.removed', { name }));
  });
  return (
    <Question heading={t('sites.removeHeading', { name })} open onClose={onClose}>
      <div className="lead">
        {problem === null ? (
          <p>{t('sites.removeSentence', { count: people })}</p>
        ) : (
          <Notice tone="problem">{problem}</Notice>
        )}
      </div>
      <div className="form-actions">
        <Button look="danger" pending={remove.pending} onPress={() => void remove.start()}>
          {t('sites.remove')}
        </Button>
        <Button onPress={onClose}>{t('actions.cancel')}</Button>
      </div>
    </Question>
  );
}
