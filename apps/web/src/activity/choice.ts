import type { ActivityFilter } from '../api/queries';
import { startOfDay } from '../words/instants';

/** What the reader filters by, as it stands in the address: a person's id, a type, two calendar days; '' is all. */
export interface Choice {
  readonly person: string;
  readonly type: string;
  readonly from: string;
  readonly to: string;
}

export const everything: Choice = { person: '', type: '', from: '', to: '' };

/** Reads the choice from the address, and whether it narrows anything. */
export function choiceOf(parameters: URLSearchParams): Choice & { readonly any: boolean } {
  const read = (name: keyof Choice) => parameters.get(name) ?? '';
  const choice = { person: read('person'), type: read('type'), from: read('from'), to: read('to') };
  return { ...choice, any: Object.values(choice).some((value) => value !== '') };
}

/** Both days are meant whole, in the reader's time zone: from the start of the first to the end of the last. */
export function filterOf({ person, type, from, to }: Choice): ActivityFilter {
  const start = startOfDay(from);
  const nextDay = startOfDay(to, 1);
  const end = nextDay === null ? null : new Date(Date.parse(nextDay) - 1).toISOString();
  return {
    ...(person === '' ? {} : { subject: person }),
    ...(type === '' ? {} : { type }),
    ...(start === null ? {} : { from: start }),
    ...(end === null ? {} : { to: end }),
  };
}

/** Whether the first day comes after the last, so that nothing could match. */
export const isReversed = ({ from, to }: Choice): boolean => from !== '' && to !== '' && from > to;
