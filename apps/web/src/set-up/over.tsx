import { Button } from '../elements/button';
import { Notice } from '../elements/notice';
import { t } from '../words/words';

/** Says that a set-up has ended without a factor, and starts anew. */
export function Over({ onAgain }: { readonly onAgain: () => void }) {
  return (
    <>
      <div className="lead">
        <Notice tone="problem">{t('setUp.closed')}</Notice>
      </div>
      <Button look="main" onPress={onAgain}>
        {t('setUp.another')}
      </Button>
    </>
  );
}
