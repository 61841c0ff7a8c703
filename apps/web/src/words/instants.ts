import { locale, t } from './words';

const dayKey = (at: Date): string => `${at.getFullYear()}-${at.getMonth()}-${at.getDate()}`;

const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const shortDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' });
const longDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });

/** Which calendar day of the reader's time zone an instant lies on, as seen from `now`. */
function dayOf(at: Date, now: Date): 'today' | 'yesterday' | 'other' {
  if (dayKey(at) === dayKey(now)) return 'today';
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  return dayKey(at) === dayKey(yesterday) ? 'yesterday' : 'other';
}

/** "14:05" in the reader's time zone. */
export const timeInWords = (at: Date): string => time.format(at);

/** "today at 14:05", "12 November at 09:12", "3 May 2024 at 18:40". */
export function instantInWords(at: Date, now: Date): string {
  const day = dayOf(at, now);
  const format = at.getFullYear() === now.getFullYear() ? shortDay : longDay;
  const words = day === 'other' ? format.format(at) : t(`instants.${day}`);
  return t('instants.at', { day: words, time: timeInWords(at) });
}

/** "Today, 22 November 2026" for the heading over a day's records. */
export function dayInWords(at: Date, now: Date): string {
  const day = dayOf(at, now);
  const written = longDay.format(at);
  return day === 'other' ? written : t(`instants.heading.${day}`, { day: written });
}

/** "22 November 2026". */
export const dateInWords = (at: Date): string => longDay.format(at);

/** A wait in words, rounded up so that nobody tries too early: "20 seconds", "3 minutes". */
export function durationInWords(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  return whole < 90 ? t('duration.second', { count: whole }) : t('duration.minute', { count: Math.ceil(whole / 60) });
}

/** A length of time that somebody chose, exactly: "1 hour", "90 minutes", "45 seconds". */
export function lengthInWords(seconds: number): string {
  if (seconds % 3_600 === 0) return t('duration.hour', { count: seconds / 3_600 });
  return seconds % 60 === 0 ? t('duration.minute', { count: seconds / 60 }) : t('duration.second', { count: seconds });
}

/** The instant at which a day of the reader's time zone starts, from the value of a date field; null if it is none. */
export function startOfDay(field: string, plusDays = 0): string | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(field) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  return new Date(Number(year), Number(month) - 1, Number(day) + plusDays).toISOString();
}
