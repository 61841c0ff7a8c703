import { useQuery, useQueryClient } from '@tanstack/react-query';
import { UserPlus, UserRound } from 'lucide-react';
import { useState } from 'react';
import type { SupportColleague } from '../api/queries';
import { Button } from '../elements/button';
import { Notice } from '../elements/notice';
import { PageHeading } from '../elements/page-heading';
import { Reading } from '../elements/reading';
import { t } from '../words/words';
import { AddSupport } from './add-support';
import { supportStaffQuery } from './installation-queries';
import { RemoveSupport } from './remove-support';

type Asked = { readonly kind: 'add' } | { readonly kind: 'remove'; readonly colleague: SupportColleague };

/** Who may help people that have lost every method (PRODUCT AX5). */
export function SupportStaffPage() {
  const staff = useQuery(supportStaffQuery);
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const close = () => setAsked(null);
  const finish = async (sentence: string) => {
    close();
    setDone(sentence);
    await client.invalidateQueries({ queryKey: supportStaffQuery.queryKey });
  };
  return (
    <>
      <PageHeading>{t('installation.staff.heading')}</PageHeading>
      <div className="lead">
        {done === null ? <p>{t('installation.staff.lead')}</p> : <Notice tone="done">{done}</Notice>}
      </div>
      <Reading query={staff} lines={4}>
        {(people) => <Staff people={people} onRemove={(colleague) => setAsked({ kind: 'remove', colleague })} />}
      </Reading>
      <Button look="main" onPress={() => setAsked({ kind: 'add' })}>
        <UserPlus aria-hidden />
        {t('installation.staff.add')}
      </Button>
      {asked?.kind === 'add' && <AddSupport onDone={finish} onClose={close} />}
      {asked?.kind === 'remove' && <RemoveSupport colleague={asked.colleague} onDone={finish} onClose={close} />}
    </>
  );
}

interface StaffProps {
  readonly people: readonly SupportColleague[];
  readonly onRemove: (colleague: SupportColleague) => void;
}

function Staff({ people, onRemove }: StaffProps) {
  if (people.length === 0) return <p className="empty">{t('installation.staff.none')}</p>;
  return (
    <ul className="cards sites">
      {people.map((colleague) => (
        <li className="card" key={colleague.personId}>
          <UserRound aria-hidden />
          <div className="card-words">
            <h2 className="card-name">{colleague.name}</h2>
            <p>{colleague.emailHint}</p>
          </div>
          <div className="card-actions">
            <Button
              label={t('installation.staff.removeNamed', { name: colleague.name })}
              onPress={() => onRemove(colleague)}
            >
              {t('installation.staff.remove')}
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}
