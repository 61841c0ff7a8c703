import { Ban, Check, TriangleAlert } from 'lucide-react';
import type { AuditRecord } from '../api/queries';
import { Button } from '../elements/button';
import { Instant } from '../elements/instant';
import { deviceInWords } from '../words/device';
import { dayInWords, instantInWords } from '../words/instants';
import { t } from '../words/words';
import { activitySentence, type Named } from './sentence';

const icons = { success: Check, refused: Ban, failed: TriangleAlert };

interface ActivityTableProps {
  readonly records: readonly AuditRecord[];
  readonly people: readonly Named[];
  readonly filtered: boolean;
  readonly onOpen: (record: AuditRecord) => void;
}

/** Records by day, newest first. Below 40 rem each row is a card; the roles keep it a table for screen readers. */
export function ActivityTable({ records, people, filtered, onOpen }: ActivityTableProps) {
  if (records.length === 0) {
    return <p className="empty">{t(filtered ? 'activity.emptyFiltered' : 'activity.empty')}</p>;
  }
  const now = new Date();
  return (
    <table className="activity" role="table">
      <caption className="hidden">{t('activity.caption')}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {(['when', 'what', 'where', 'outcome', 'more'] as const).map((column) => (
            <th role="columnheader" scope="col" key={column}>
              {t(`activity.columns.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      {byDay(records, now).map(({ day, records: ofDay }) => (
        <tbody role="rowgroup" key={day}>
          <tr role="row" className="activity-day">
            <th role="rowheader" scope="rowgroup" colSpan={5}>
              {day}
            </th>
          </tr>
          {ofDay.map((record) => (
            <Row key={record.recordId} record={record} people={people} now={now} onOpen={onOpen} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

function byDay(records: readonly AuditRecord[], now: Date): Array<{ day: string; records: AuditRecord[] }> {
  const days: Array<{ day: string; records: AuditRecord[] }> = [];
  for (const record of records) {
    const day = dayInWords(new Date(record.at), now);
    const last = days.at(-1);
    if (last?.day === day) last.records.push(record);
    else days.push({ day, records: [record] });
  }
  return days;
}

interface RowProps {
  readonly record: AuditRecord;
  readonly people: readonly Named[];
  readonly now: Date;
  readonly onOpen: (record: AuditRecord) => void;
}

function Row({ record, people, now, onOpen }: RowProps) {
  const sentence = activitySentence(record, people);
  const Icon = icons[record.outcome];
  const { ip, userAgent } = record.source;
  const nowhere = ip === null && userAgent === null;
  return (
    <tr role="row" className="activity-row">
      <td role="cell" className="activity-when">
        <Instant at={record.at} only="time" />
      </td>
      <td role="cell" className="activity-what">
        {sentence}
      </td>
      <td role="cell" className={nowhere ? 'activity-where activity-nowhere' : 'activity-where'}>
        {nowhere ? (
          '–'
        ) : (
          <>
            {userAgent !== null && <span>{deviceInWords(userAgent)}</span>}
            {ip !== null && <span className="address">{ip}</span>}
          </>
        )}
      </td>
      <td role="cell" className={`activity-outcome outcome-${record.outcome}`}>
        <Icon aria-hidden />
        {t(`activity.outcomes.${record.outcome}`)}
      </td>
      <td role="cell" className="activity-more">
        <Button
          look="plain"
          label={t('activity.detailsNamed', { sentence, when: instantInWords(new Date(record.at), now) })}
          onPress={() => onOpen(record)}
        >
          {t('activity.details')}
        </Button>
      </td>
    </tr>
  );
}
