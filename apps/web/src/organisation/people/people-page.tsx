import { useQuery } from '@tanstack/react-query';
import { peopleQuery } from '../../api/queries';
import { PageHeading } from '../../elements/page-heading';
import { Reading } from '../../elements/reading';
import { t } from '../../words/words';
import { useOrganisation } from '../organisation-frame';
import { PeopleTable } from './people-table';

/** Everyone who belongs to the practice. */
export function PeoplePage() {
  const { organisation } = useOrganisation();
  const people = useQuery(peopleQuery(organisation.organisationId));
  return (
    <>
      <PageHeading>{t('people.heading')}</PageHeading>
      <div className="lead">
        <p>{t('people.lead', { practice: organisation.name })}</p>
      </div>
      <Reading query={people} lines={6}>
        {(data) => <PeopleTable people={data} />}
      </Reading>
    </>
  );
}
