import { renderMail, type Block, type RenderedMail } from './mail-body';
import { asOneLine } from './render';
import { greeting } from './words.en-GB';
import { addedWords, firstPasswordWords } from './words-of-links.en-GB';

/** Who added somebody; the one-time secret of their link and for how many days it works, or null for one with a password. */
export interface LinkToRender {
  readonly practice: string;
  readonly link: { readonly token: string; readonly days: number } | null;
}

/**
 * A mail to someone whom a practice added. The secret stands in the fragment of the link, which no server is sent
 * (DESIGN §6.13); the subject holds neither it nor anything that people typed.
 */
export function renderLink({ practice, link }: LinkToRender, pages: string): RenderedMail {
  const values: Readonly<Record<string, string>> = {
    pages,
    practice: asOneLine(practice),
    days: link === null ? '' : inDays(link.days),
  };
  const paragraph = (text: string): Block => ({
    kind: 'paragraph',
    text: text.replace(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder),
  });
  if (link === null) return renderMail(addedWords.subject, [greeting, ...addedWords.paragraphs].map(paragraph));
  const { subject, before, after } = firstPasswordWords;
  return renderMail(subject, [
    paragraph(greeting),
    paragraph(before),
    { kind: 'link', url: `${pages}/first-password#${link.token}` },
    ...after.map(paragraph),
  ]);
}

const inDays = (days: number): string => (days === 1 ? 'one day' : `${days} days`);
