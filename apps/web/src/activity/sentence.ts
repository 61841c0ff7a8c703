import type { AuditRecord, Person } from '../api/queries';
import {
  activityLabels,
  activitySentences,
  activityVariants,
  reasonWords,
  settingWords,
  type ActivityType,
} from '../words/activity-words';
import { locale, t } from '../words/words';

/** Someone whose name is known. */
export type Named = Pick<Person, 'personId' | 'name'>;
type Party = AuditRecord['actor'] | AuditRecord['subject'];

const has = <Table extends object>(table: Table, key: string): key is Extract<keyof Table, string> =>
  Object.hasOwn(table, key);

const isKnown = (type: string): type is ActivityType => has(activityLabels, type);

/** The types that the filter offers, in the order of the catalogue. */
export const activityTypes: readonly ActivityType[] = Object.keys(activityLabels).filter(isKnown);

/** How analysts name a type; the type itself where this release does not know it. */
export const activityLabel = (type: string): string => (isKnown(type) ? t(type, { ns: 'activityLabels' }) : type);

function nameOf(party: Party, people: ReadonlyMap<string, string>): string {
  switch (party.kind) {
    case 'person':
      return people.get(party.id) ?? t('unknownPerson', { ns: 'otherWords' });
    case 'operator':
      return t('operator', { ns: 'otherWords' });
    case 'service':
    case 'organisation':
      return t('system', { ns: 'otherWords' });
    case 'unknown':
      return t('unknownPerson', { ns: 'otherWords' });
  }
}

/** The changed settings as their page calls them; one that this release does not know by its name. */
function settingsInWords(changed: readonly string[]): string {
  const labels = changed.map((setting) => (has(settingWords, setting) ? t(setting, { ns: 'settingWords' }) : setting));
  return new Intl.ListFormat(locale).format(labels);
}

/** Which wording fits: the reason may change the whole sentence, and so may someone doing it for another. */
function variantOf(record: AuditRecord): keyof typeof activityVariants | null {
  const { changed = [] } = record;
  if (record.type === 'organisation.policy-changed' && changed.length > 0) {
    const alone = changed.every((setting) => setting === 'enforced');
    return alone ? 'organisation.policy-changed/enforced' : 'organisation.policy-changed/settings';
  }
  const byReason = `${record.type}/${record.reason ?? ''}`;
  if (has(activityVariants, byReason)) return byReason;
  const byAnother = `${record.type}/by-another`;
  const another = record.actor.kind === 'person' && record.actor.id !== record.subject.id;
  return another && has(activityVariants, byAnother) ? byAnother : null;
}

/** One record as one sentence, such as "Dr Amara Okafor signed in with the authenticator app". */
export function activitySentence(record: AuditRecord, people: readonly Named[]): string {
  const names = new Map(people.map((person) => [person.personId, person.name]));
  const factor = record.factor?.type ?? 'none';
  const reason = record.reason ?? 'unknown';
  const parts = {
    who: nameOf(record.subject, names),
    by: nameOf(record.actor, names),
    means: t(`${factor}.means`, { ns: 'factorWords' }),
    answer: t(`${factor}.answer`, { ns: 'factorWords' }),
    thing: t(`${factor}.thing`, { ns: 'factorWords' }),
    why: t(has(reasonWords, reason) ? reason : 'unknown', { ns: 'reasonWords' }),
    type: record.type,
    changed: settingsInWords(record.changed ?? []),
  };
  const variant = variantOf(record);
  const sentence =
    variant !== null
      ? t(variant, { ns: 'activityVariants', ...parts })
      : has(activitySentences, record.type)
        ? t(record.type, { ns: 'activitySentences', ...parts })
        : t('unknownType', { ns: 'otherWords', ...parts });
  return sentence.charAt(0).toLocaleUpperCase('en-GB') + sentence.slice(1);
}
