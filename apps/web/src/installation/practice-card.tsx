import { useQueryClient } from '@tanstack/react-query';
import { Building2 } from 'lucide-react';
import { useState } from 'react';
import type { PolicyView, Practice } from '../api/queries';
import { OnOff } from '../elements/on-off';
import { useAction } from '../elements/use-action';
import { freshDraft, type Draft } from '../organisation/rules/draft';
import { Review } from '../organisation/rules/review';
import { changeRules, policyQuery } from '../organisation/rules/rules-queries';
import { endingTheSession } from '../security/ending-the-session';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';
import type { Said } from './practices-page';

interface PracticeCardProps {
  readonly practice: Practice;
  /** The list is read again, and this said above it. */
  readonly onSaid: (said: Said) => Promise<void>;
}

interface Reviewed {
  readonly draft: Draft;
  readonly settings: PolicyView['settings'];
}

/** A practice, and the switch that shows what it does to whom before it moves (PRODUCT HE3, BX4). */
export function PracticeCard({ practice, onSaid }: PracticeCardProps) {
  const { organisationId, name, enforced, people } = practice;
  const [reviewed, setReviewed] = useState<Reviewed | null>(null);
  const review = useReview(practice, setReviewed, onSaid);
  const id = `practice-${organisationId}`;
  const save = async ({ version, own }: Draft, acceptLockOut: readonly string[]) => {
    await endingTheSession(changeRules(organisationId, version, own, acceptLockOut));
    setReviewed(null);
    const sentence = t(`installation.practices.${own.enforced ? 'required' : 'notRequired'}`, { practice: name });
    await onSaid({ tone: 'done', sentence });
  };
  return (
    <li className="card">
      <Building2 aria-hidden />
      <div className="card-words">
        <h2 className="card-name" id={id}>
          {name}
        </h2>
        <p id={`${id}-people`}>{t('installation.practices.people', { count: people })}</p>
      </div>
      <div className="card-actions card-switch">
        <span id={`${id}-switch`}>{t('installation.practices.require')}</span>
        <OnOff
          labelledBy={`${id}-switch ${id}`}
          describedBy={`${id}-people`}
          on={enforced}
          onChange={(on) => void review.start(on)}
        />
      </div>
      {reviewed !== null && (
        <Review
          organisationId={organisationId}
          practice={name}
          draft={reviewed.draft}
          settings={reviewed.settings}
          onSave={(accepted) => save(reviewed.draft, accepted)}
          onClose={() => setReviewed(null)}
        />
      )}
    </li>
  );
}

/** Reads the rules as they are now; where somebody has switched it already, that is said and nothing is asked. */
function useReview(
  { organisationId, name }: Practice,
  setReviewed: (reviewed: Reviewed) => void,
  onSaid: PracticeCardProps['onSaid'],
) {
  const client = useQueryClient();
  return useAction(async (enforced: boolean) => {
    try {
      const view = await endingTheSession(client.fetchQuery({ ...policyQuery(organisationId), staleTime: 0 }));
      const draft = freshDraft(view);
      if (draft.base.enforced === enforced) {
        return await onSaid({ tone: 'note', sentence: t('installation.practices.already', { practice: name }) });
      }
      setReviewed({ draft: { ...draft, own: { ...draft.own, enforced } }, settings: view.settings });
    } catch (error) {
      await onSaid({ tone: 'problem', sentence: problemSentence(error, new Date()) });
    }
  });
}
