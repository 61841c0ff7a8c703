import { Button } from '../../elements/button';
import { t } from '../../words/words';

interface SaveBarProps {
  readonly count: number;
  readonly onReview: () => void;
  readonly onUndo: () => void;
}

/** Stays in sight while something is not saved. */
export function SaveBar({ count, onReview, onUndo }: SaveBarProps) {
  return (
    <div className="save-bar" role="region" aria-label={t('rules.review')}>
      <p role="status">{t('rules.unsaved', { count })}</p>
      <div className="form-actions">
        <Button look="main" onPress={onReview}>
          {t('rules.review')}
        </Button>
        <Button onPress={onUndo}>{t('rules.undo')}</Button>
      </div>
    </div>
  );
}
