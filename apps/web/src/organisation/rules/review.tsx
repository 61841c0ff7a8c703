import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { refusalCode } from '../../api/problem';
import type { PolicyView } from '../../api/queries';
import { Button } from '../../elements/button';
import { Notice } from '../../elements/notice';
import { Question } from '../../elements/question';
import { Reading } from '../../elements/reading';
import { useAction } from '../../elements/use-action';
import { problemSentence } from '../../words/problem-sentence';
import { t } from '../../words/words';
import { unsaved, type Draft } from './draft';
import { Effects } from './effects';
import { LockOut } from './lock-out';
import { forecastQuery } from './rules-queries';
import { valueInWords } from './value-in-words';

interface ReviewProps {
  readonly organisationId: string;
  /** Its name. */
  readonly practice: string;
  readonly draft: Draft;
  readonly settings: PolicyView['settings'];
  /** Saves, with the people who may be left without a way in; throws what was refused. */
  readonly onSave: (acceptLockOut: readonly string[]) => Promise<void>;
  readonly onClose: () => void;
}

type Kind = 'save' | 'enforce' | 'release';
const headings = { save: 'heading', enforce: 'enforceHeading', release: 'releaseHeading' } as const;

const kindOf = ({ base, own }: Draft): Kind => {
  if (base.enforced === own.enforced) return 'save';
  return own.enforced ? 'enforce' : 'release';
};

/** What changes and what it does to whom, before it is done (PRODUCT HC7, HC9, BX4). */
export function Review(props: ReviewProps) {
  const kind = kindOf(props.draft);
  return (
    <Question heading={t(`review.${headings[kind]}`, { practice: props.practice })} open wide onClose={props.onClose}>
      <Content {...props} kind={kind} />
    </Question>
  );
}

function Content({ organisationId, draft, settings, kind, onSave, onClose }: ReviewProps & { readonly kind: Kind }) {
  const { version, own } = draft;
  const forecast = useQuery(forecastQuery(organisationId, version, own));
  const saving = useSaving(forecast.data?.counts.lockedOut ?? 0, onSave);
  if (refusalCode(forecast.error) === 'policy-not-possible' || refusalCode(forecast.error) === 'invalid-fields') {
    return (
      <>
        <Notice tone="problem">{t('review.impossible')}</Notice>
        <div className="form-actions review-actions">
          <Button onPress={onClose}>{t('actions.close')}</Button>
        </div>
      </>
    );
  }
  return (
    <>
      {saving.problem !== null && <Notice tone="problem">{saving.problem}</Notice>}
      {kind === 'release' && <p className="review-words">{t('review.released')}</p>}
      <Changes draft={draft} settings={settings} />
      <Reading query={forecast} lines={4}>
        {({ counts }) => (
          <>
            <Effects organisationId={organisationId} version={version} rules={own} counts={counts} />
            {counts.lockedOut > 0 && (
              <LockOut
                organisationId={organisationId}
                version={version}
                rules={own}
                accepted={saving.accepted}
                missing={saving.missing}
                onAccept={saving.accept}
              />
            )}
            <div className="form-actions review-actions">
              <Button look="main" pending={saving.pending} onPress={() => void saving.start()}>
                {t(`review.${kind}`)}
              </Button>
              <Button onPress={onClose}>{t('actions.cancel')}</Button>
            </div>
          </>
        )}
      </Reading>
    </>
  );
}

/** Saves once, and only when everyone who would be locked out is named. */
function useSaving(lockedOut: number, onSave: ReviewProps['onSave']) {
  const [accepted, setAccepted] = useState<readonly string[]>([]);
  const [missing, setMissing] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const action = useAction(async () => {
    if (lockedOut > 0 && accepted.length === 0) return setMissing(true);
    setProblem(null);
    try {
      await onSave(accepted);
    } catch (error) {
      setProblem(problemSentence(error, new Date()));
    }
  });
  const accept = (personIds: readonly string[]) => {
    setAccepted(personIds);
    setMissing(false);
  };
  return { ...action, accepted, missing, problem, accept };
}

/** Each changed setting, as it is and as it will be; enforcement alone says so in the heading. */
function Changes({ draft, settings }: Pick<ReviewProps, 'draft' | 'settings'>) {
  const changed = unsaved(draft).filter((setting) => setting !== 'enforced');
  if (changed.length === 0) return null;
  const labelOf = (setting: string) => settings.find((one) => one.setting === setting)?.label ?? setting;
  return (
    <>
      <h3 className="review-heading">{t('review.changes')}</h3>
      <dl className="changes">
        {changed.map((setting) => (
          <div key={setting}>
            <dt>{labelOf(setting)}</dt>
            <dd>
              <del>{valueInWords(setting, draft.base)}</del> <ins>{valueInWords(setting, draft.own)}</ins>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
