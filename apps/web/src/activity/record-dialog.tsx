import type { AuditRecord } from '../api/queries';
import { Button } from '../elements/button';
import { CopyButton } from '../elements/copy-button';
import { Question } from '../elements/question';
import { t } from '../words/words';
import { activitySentence, type Named } from './sentence';

interface RecordDialogProps {
  readonly record: AuditRecord | null;
  readonly people: readonly Named[];
  readonly onClose: () => void;
}

/** One record as it is kept, for those who need every field. */
export function RecordDialog({ record, people, onClose }: RecordDialogProps) {
  if (record === null) return null;
  const raw = JSON.stringify(record, null, 2);
  return (
    <Question heading={t('activity.detailsHeading')} open wide onClose={onClose}>
      <p className="part-lead">{activitySentence(record, people)}.</p>
      <p>{t('activity.detailsSentence')}</p>
      <pre className="raw" tabIndex={0} role="region" aria-label={t('activity.detailsHeading')}>
        {raw}
      </pre>
      <div className="form-actions">
        <CopyButton text={raw}>{t('activity.copyRecord')}</CopyButton>
        <Button onPress={onClose}>{t('actions.close')}</Button>
      </div>
    </Question>
  );
}
