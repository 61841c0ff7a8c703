import { Link } from 'react-router';
import { PageHeading } from '../elements/page-heading';
import { t } from '../words/words';

/** What an address shows that none of the pages has. */
export function NotFoundPage() {
  return (
    <>
      <PageHeading>{t('trouble.notFoundHeading')}</PageHeading>
      <div className="lead">
        <p>{t('trouble.notFound')}</p>
      </div>
      <Link className="button button-main" to="/">
        {t('trouble.home')}
      </Link>
    </>
  );
}
