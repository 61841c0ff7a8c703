import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { peopleQuery, type SecondFactorState } from '../../api/queries';
import { Button } from '../../elements/button';
import { Choose } from '../../elements/choose';
import { Notice } from '../../elements/notice';
import { PageHeading } from '../../elements/page-heading';
import { Reading } from '../../elements/reading';
import { t } from '../../words/words';
import { useOrganisation } from '../organisation-frame';
import { AddPerson } from './add-person';
import { PeopleTable } from './people-table';
import { SharedAccounts } from './shared-accounts';

const states: readonly SecondFactorState[] = ['none', 'incomplete', 'complete'];
const stateOf = (text: string | null): SecondFactorState | null => states.find((state) => state === text) ?? null;

/** Everyone who belongs to the practice, and how far each is with two-factor authentication. */
export function PeoplePage() {
  const { organisation } = useOrganisation();
  const [parameters, setParameters] = useSearchParams();
  const state = stateOf(parameters.get('two-factor'));
  const [done, setDone] = useState<string | null>(null);
  const administers = organisation.roles.includes('administrator');
  return (
    <>
      <PageHeading>{t('people.heading')}</PageHeading>
      <div className="lead">
        {done === null ? (
          <p>{t('people.lead', { practice: organisation.name })}</p>
        ) : (
          <Notice tone="done">{done}</Notice>
        )}
      </div>
      <div className="people-tools">
        <Choose
          label={t('people.columns.secondFactor')}
          all={t('people.everyone')}
          options={states.map((id) => ({ id, name: t(`people.secondFactor.${id}`) }))}
          value={state ?? ''}
          onChange={(chosen) => setParameters(chosen === '' ? {} : { 'two-factor': chosen }, { replace: true })}
        />
        {administers && <AddPerson onDone={setDone} />}
      </div>
      <People organisationId={organisation.organisationId} state={state} />
      {administers && <SharedAccounts />}
    </>
  );
}

interface PeopleProps {
  readonly organisationId: string;
  readonly state: SecondFactorState | null;
}

function People({ organisationId, state }: PeopleProps) {
  const people = useInfiniteQuery(peopleQuery(organisationId, state));
  return (
    <Reading query={people} lines={6}>
      {({ pages }) => {
        const shown = pages.flatMap((page) => page.people);
        if (shown.length === 0) return <p className="empty">{t('people.nobodySo')}</p>;
        return (
          <>
            <PeopleTable people={shown} />
            <div className="paging">
              <p role="status">
                {t('people.shown', { count: shown.length })}
                {!people.hasNextPage && state === null && <> {t('people.all')}</>}
              </p>
              {people.hasNextPage && (
                <Button pending={people.isFetchingNextPage} onPress={() => void people.fetchNextPage()}>
                  {t('people.more')}
                </Button>
              )}
            </div>
          </>
        );
      }}
    </Reading>
  );
}
