import { PageHeading } from '../elements/page-heading';
import { Button } from '../elements/button';
import { t } from '../words/words';
import { Wordmark } from './mark';

/** A fault of the pages themselves: a sentence and a way on, never a stack. */
export function UnexpectedTrouble() {
  return (
    <main className="trouble">
      <Wordmark />
      <PageHeading>{t('trouble.heading')}</PageHeading>
      <div className="lead">
        <p>{t('trouble.unexpected')}</p>
      </div>
      <Button look="main" onPress={() => window.location.assign('/')}>
        {t('trouble.home')}
      </Button>
    </main>
  );
}
