import type { NoticeMessage } from './message';
import { factorWords, footer, greeting, notYou, wordings } from './words.en-GB';

export interface RenderedMessage {
  readonly subject: string;
  readonly text: string;
}

const longestName = 120;

/** A name that people typed, as one line of plain text: no control, formatting or line-breaking characters. */
const asOneLine = (name: string): string =>
  [...name.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()].slice(0, longestName).join('');

const inWords = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const clockTime = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' });

/** An instant in words, such as "Sunday 22 November 2026 at 16:48 (UTC)". */
const when = (at: string): string =>
  `${inWords.format(new Date(at)).replace(',', '')} at ${clockTime.format(new Date(at))} (UTC)`;

/**
 * A message in words: what changed, when, and what to do if it was somebody else (PRODUCT HE8, R6). Plain text;
 * the subject holds nothing that people typed. `pages` is the address of this installation.
 */
export function renderNotice({ template, about }: NoticeMessage, pages: string): RenderedMessage {
  const wording = wordings[template];
  const kind = about.factorType === null ? 'sign-in method' : factorWords[about.factorType];
  const name = about.name === null ? '' : asOneLine(about.name);
  const factor = name === '' ? kind : `${kind} “${name}”`;
  const values: Readonly<Record<string, string>> = { factor, when: when(about.at), pages };
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder);
  const paragraphs = [
    greeting,
    fill(wording.happened),
    fill(wording.ifItWasYou),
    `${notYou} ${fill(wording.ifItWasNot)}`,
    footer,
  ];
  return { subject: wording.subject, text: `${paragraphs.join('\n\n')}\n` };
}
