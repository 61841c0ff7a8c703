import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { activityQuery, firstPeopleQuery, type AuditRecord } from '../api/queries';
import { Button } from '../elements/button';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { useOrganisation } from '../organisation/organisation-frame';
import { t } from '../words/words';
import { ActivityFilters } from './activity-filters';
import { ActivityTable } from './activity-table';
import { choiceOf, filterOf, type Choice } from './choice';
import { RecordDialog } from './record-dialog';

/** What happened in the practice, for its administrators and analysts. */
export function ActivityPage() {
  const { organisation } = useOrganisation();
  return (
    <>
      <PageHeading>{t('activity.heading')}</PageHeading>
      <div className="lead">
        <p>{t('activity.lead', { practice: organisation.name })}</p>
      </div>
      <Activity key={organisation.organisationId} organisationId={organisation.organisationId} />
    </>
  );
}

function Activity({ organisationId }: { readonly organisationId: string }) {
  const [parameters, setParameters] = useSearchParams();
  const choice = choiceOf(parameters);
  const people = useQuery(firstPeopleQuery(organisationId));
  const records = useInfiniteQuery(activityQuery(organisationId, filterOf(choice)));
  const [open, setOpen] = useState<AuditRecord | null>(null);
  const change = (next: Choice) =>
    setParameters(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')), { replace: true });
  return (
    <>
      <ActivityFilters choice={choice} people={people.data ?? []} onChange={change} />
      <Reading query={records} lines={10}>
        {({ pages }) => {
          const shown = pages.flatMap((page) => page.records);
          return (
            <>
              <ActivityTable records={shown} people={people.data ?? []} filtered={choice.any} onOpen={setOpen} />
              <div className="paging">
                <p role="status">
                  {shown.length > 0 && t('activity.shown', { count: shown.length })}
                  {shown.length > 0 && !records.hasNextPage && <> {t('activity.all')}</>}
                </p>
                {records.hasNextPage && (
                  <Button pending={records.isFetchingNextPage} onPress={() => void records.fetchNextPage()}>
                    {t('activity.more')}
                  </Button>
                )}
              </div>
            </>
          );
        }}
      </Reading>
      <RecordDialog record={open} people={people.data ?? []} onClose={() => setOpen(null)} />
    </>
  );
}
