import { renderMail, type Block, type RenderedMail } from './mail-body';
import type { NoticeMessage } from './message';
import type { Whereabouts } from './ports';
import {
  appointmentWords,
  causeWords,
  detailLabels,
  factorWords,
  footers,
  greeting,
  membershipWords,
  outcomeWords,
  reporting,
  roleWords,
  wordings,
} from './words.en-GB';

/** What is put into words beside the message itself. */
export interface Surroundings {
  /** The address of this installation's pages. */
  readonly pages: string;
  /** An IANA name, such as Europe/London. */
  readonly timeZone: string;
  /** From where and with what it was done, coarsely. */
  readonly where: Whereabouts;
  /** The link by which the person says that it was not them; null where there is nothing to stop. */
  readonly link: string | null;
}

const longestName = 120;

/** A name that people typed, as one line of plain text: no control, formatting or line-breaking characters. */
export const asOneLine = (name: string): string =>
  [...name.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()].slice(0, longestName).join('');

/** An instant in words, such as "Sunday 22 November 2026 at 16:48 (GMT)". */
function inWords(at: string, timeZone: string): string {
  const instant = new Date(at);
  const day = { timeZone, weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
  const time = { timeZone, hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
  const date = new Intl.DateTimeFormat('en-GB', day).format(instant).replace(',', '');
  const parts = new Intl.DateTimeFormat('en-GB', time).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  return `${date} at ${part('hour')}:${part('minute')} (${part('timeZoneName')})`;
}

type Change = NoticeMessage['about']['change'];

function methodInWords(
  method: { readonly type: keyof typeof factorWords; readonly name: string | null } | null,
): string {
  if (method === null) return 'sign-in method';
  const name = method.name === null ? '' : asOneLine(method.name);
  return name === '' ? factorWords[method.type] : `${factorWords[method.type]} “${name}”`;
}

function membershipInWords({ practice, roles }: Extract<Change, { kind: 'membership' }>): string {
  const all = new Intl.ListFormat('en-GB').format(roles.map((role) => roleWords[role]));
  const sentence = roles.length === 0 ? membershipWords.ended : membershipWords.changed;
  // What people typed comes last, so that nothing in it is taken for a place to fill.
  return sentence.replace('{roles}', all).replace('{practice}', () => asOneLine(practice));
}

/** What stands in the place of `{factor}`, `{roles}`, `{until}`, `{outcome}`, `{practice}`, `{membership}` and `{appointment}`. */
function changeInWords(change: Change, timeZone: string): Readonly<Record<string, string>> {
  switch (change.kind) {
    case 'factor': {
      const { factorType, name } = change;
      return { factor: methodInWords(factorType === null ? null : { type: factorType, name }) };
    }
    case 'roles': {
      const second =
        change.secondary === null ? '' : `, and the secondary one is your ${methodInWords(change.secondary)}`;
      return { roles: `The default is now your ${methodInWords(change.default)}${second}.` };
    }
    case 'reset-over':
      return { outcome: outcomeWords[change.outcome] };
    case 'freeze':
    case 'approval':
      return { until: inWords(change.until, timeZone) };
    case 'membership':
      return { membership: membershipInWords(change) };
    case 'appointment':
      return { appointment: appointmentWords[change.role][change.holds ? 'appointed' : 'dismissed'] };
    case 'enforcement':
      return { practice: change.practice === null ? 'The operator of this installation' : asOneLine(change.practice) };
  }
}

/** Network and device are told of what was done in the person's own name; those of somebody else are theirs. */
function detailsOf({ about }: NoticeMessage, { where }: Surroundings): Block {
  const isOwn = about.by === 'person';
  const rows: [string, string | null][] = [
    [detailLabels.at, about.at],
    [detailLabels.by, about.by === null || about.by === 'person' ? null : causeWords[about.by]],
    [detailLabels.network, isOwn ? where.network : null],
    [detailLabels.device, isOwn ? where.device : null],
  ];
  return { kind: 'details', rows: rows.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const])) };
}

/** Why it was sent, where the way one signs in has not changed. */
const footerOf: { readonly [Template in NoticeMessage['template']]?: string } = {
  'enforcement-on': footers.rules,
  'change-reported': footers.support,
  'reset-awaits-approval': footers.approval,
  'membership-changed': footers.roles,
  'appointment-changed': footers.roles,
};

/**
 * A message in words: what changed, when, from where, and what to do if it was somebody else (PRODUCT HE8, R6). The
 * subject holds nothing that people typed.
 */
export function renderNotice(message: NoticeMessage, around: Surroundings): RenderedMail {
  const { template, about } = message;
  const wording = wordings[template];
  const when = inWords(about.at, around.timeZone);
  const values: Readonly<Record<string, string>> = {
    when,
    pages: around.pages,
    ...changeInWords(about.change, around.timeZone),
  };
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder);
  const paragraph = (text: string): Block => ({ kind: 'paragraph', text: fill(text) });
  const report: readonly Block[] =
    around.link === null ? [] : [paragraph(reporting), { kind: 'link', url: around.link }];
  return renderMail(wording.subject, [
    paragraph(greeting),
    paragraph(wording.happened),
    detailsOf(message, around),
    paragraph(wording.ifItWasYou),
    paragraph(wording.ifItWasNot),
    ...report,
    paragraph(footerOf[template] ?? footers.change),
  ]);
}
