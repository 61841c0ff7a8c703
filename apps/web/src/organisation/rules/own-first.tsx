import { Link, useLocation } from 'react-router';
import { Button } from '../../elements/button';
import { Notice } from '../../elements/notice';
import { Question } from '../../elements/question';
import { setUpThen } from '../../set-up/errand';
import { t } from '../../words/words';

/** To the own set-up, and back here when it is done (PRODUCT HC7). */
function ToOwnSetUp() {
  const { pathname } = useLocation();
  return (
    <Link className="button button-main" to={setUpThen(pathname)}>
      {t('rules.ownFirstSubmit')}
    </Link>
  );
}

/** Says, before anything is edited, that a manager without own two-factor authentication sets it up first. */
export function OwnFirst() {
  return (
    <div className="own-first">
      <Notice tone="note">{t('rules.ownFirst')}</Notice>
      <ToOwnSetUp />
    </div>
  );
}

/** The same where something was to be changed. */
export function OwnFirstQuestion({ onClose }: { readonly onClose: () => void }) {
  return (
    <Question heading={t('rules.ownFirstHeading')} open onClose={onClose}>
      <p className="review-words">{t('rules.ownFirstSentence')}</p>
      <div className="form-actions review-actions">
        <ToOwnSetUp />
        <Button onPress={onClose}>{t('actions.cancel')}</Button>
      </div>
    </Question>
  );
}
