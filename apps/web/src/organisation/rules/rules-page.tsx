import { useQuery } from '@tanstack/react-query';
import { PageHeading } from '../../elements/page-heading';
import { Reading } from '../../elements/reading';
import { t } from '../../words/words';
import { useOrganisation } from '../organisation-frame';
import { RulesEditor } from './rules-editor';
import { policyQuery } from './rules-queries';

/** How everyone of the practice signs in. */
export function RulesPage() {
  const { organisation } = useOrganisation();
  const { organisationId, name } = organisation;
  const policy = useQuery(policyQuery(organisationId));
  return (
    <>
      <PageHeading>{t('rules.heading')}</PageHeading>
      <div className="lead">
        <p>{t('rules.lead', { practice: name })}</p>
      </div>
      <Reading query={policy} lines={12}>
        {(view) => <RulesEditor key={organisationId} view={view} />}
      </Reading>
    </>
  );
}
