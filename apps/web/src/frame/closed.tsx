import { PageHeading } from '../elements/page-heading';
import { t } from '../words/words';

/** The sentence in the place of a page that is not open to whoever is signed in. */
export function Closed({ children }: { readonly children: string }) {
  return (
    <>
      <PageHeading>{t('organisation.closedHeading')}</PageHeading>
      <div className="lead">
        <p>{children}</p>
      </div>
    </>
  );
}
