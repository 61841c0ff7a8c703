import { Button } from '../elements/button';
import { Outcome } from '../elements/notice';
import { t } from '../words/words';

/** Says that a set-up has ended without a factor, and starts anew. */
export function Over({ onAgain }: { readonly onAgain: () => void }) {
  return (
    <>
      <Outcome tone="problem">{t('setUp.closed')}</Outcome>
      <Button look="main" onPress={onAgain}>
        {t('setUp.another')}
      </Button>
    </>
  );
}
