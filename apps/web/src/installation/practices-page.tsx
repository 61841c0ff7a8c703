import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../elements/button';
import { Notice, type NoticeProps } from '../elements/notice';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { t } from '../words/words';
import { AddPractice } from './add-practice';
import { practicesQuery } from './installation-queries';
import { PracticeCard } from './practice-card';

export type Said = Pick<NoticeProps, 'tone'> & { readonly sentence: string };

/** The practices of the installation, and of which of them two-factor authentication is required (PRODUCT HE3). */
export function PracticesPage() {
  const practices = useInfiniteQuery(practicesQuery);
  const client = useQueryClient();
  const [said, setSaid] = useState<Said | null>(null);
  const finish = async (news: Said) => {
    await client.invalidateQueries({ queryKey: practicesQuery.queryKey });
    setSaid(news);
    window.scrollTo(0, 0);
  };
  return (
    <>
      <PageHeading>{t('installation.practices.heading')}</PageHeading>
      <div className="lead">
        {said === null ? <p>{t('installation.practices.lead')}</p> : <Notice tone={said.tone}>{said.sentence}</Notice>}
      </div>
      <Reading query={practices} lines={6}>
        {({ pages }) => {
          const shown = pages.flatMap((page) => page.organisations);
          if (shown.length === 0) return <p className="empty">{t('installation.practices.none')}</p>;
          return (
            <>
              <ul className="cards sites">
                {shown.map((practice) => (
                  <PracticeCard key={practice.organisationId} practice={practice} onSaid={finish} />
                ))}
              </ul>
              {practices.hasNextPage && (
                <div className="paging">
                  <p role="status">{t('installation.practices.shown', { count: shown.length })}</p>
                  <Button pending={practices.isFetchingNextPage} onPress={() => void practices.fetchNextPage()}>
                    {t('people.more')}
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Reading>
      <AddPractice
        onAdded={(practice) => finish({ tone: 'done', sentence: t('installation.practices.added', { practice }) })}
      />
    </>
  );
}
