import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { Link, useParams } from 'react-router';
import { refusalCode } from '../../api/problem';
import { personQuery, type Person } from '../../api/queries';
import { PageHeading } from '../../elements/page-heading';
import { Reading } from '../../elements/reading';
import { t } from '../../words/words';
import { useOrganisation } from '../organisation-frame';
import { BelongingSection } from './belonging-section';
import { ResetSection } from './reset-section';
import { rolesInWords } from './roles-in-words';
import { SecondFactorSection } from './second-factor-section';

/** One person of the practice: who they are to it, and what can be done for them, a section each. */
export function PersonPage() {
  const { organisation } = useOrganisation();
  const { personId = '' } = useParams();
  const person = useQuery(personQuery(organisation.organisationId, personId));
  return (
    <>
      <Link className="back" to="..">
        <ArrowLeft aria-hidden />
        {t('people.heading')}
      </Link>
      {refusalCode(person.error) === 'not-found' ? (
        <NobodyHere />
      ) : (
        <Reading query={person} lines={6}>
          {(data) => <Sections person={data} />}
        </Reading>
      )}
    </>
  );
}

function NobodyHere() {
  return (
    <>
      <PageHeading>{t('people.nobodyHeading')}</PageHeading>
      <div className="lead">
        <p>{t('people.nobody')}</p>
      </div>
    </>
  );
}

function Sections({ person }: { readonly person: Person }) {
  const { organisation } = useOrganisation();
  const { personId, name, emailHint, roles } = person;
  return (
    <>
      <PageHeading>{name}</PageHeading>
      <div className="lead">
        <p>{t('people.personLead', { roles: rolesInWords(roles), practice: organisation.name, email: emailHint })}</p>
      </div>
      <SecondFactorSection person={person} />
      <BelongingSection person={person} />
      <ResetSection person={person} />
      <section className="part" aria-labelledby="activity">
        <h2 id="activity">{t('activity.heading')}</h2>
        <p className="part-lead">{t('people.activityLead', { name })}</p>
        <Link className="button button-quiet" to={`../../activity?person=${personId}`}>
          {t('people.activity')}
        </Link>
      </section>
    </>
  );
}
