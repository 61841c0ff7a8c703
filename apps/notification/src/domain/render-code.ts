import { renderMail, type Block, type RenderedMail } from './mail-body';
import type { CodeMessage } from './message';
import { codeWords } from './words.en-GB';

const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder);

/**
 * A code as a text message. Its last line lets a browser fill the code in on our own pages alone (R45, origin-bound
 * one-time codes).
 */
export function codeAsText({ occasion }: CodeMessage, code: string, pages: string): string {
  const values = { code, host: new URL(pages).hostname };
  const lines = [codeWords[occasion.purpose].short, codeWords.never.short, codeWords.boundTo];
  return lines.map((line) => filled(line, values)).join('\n');
}

/** A code as a mail. The subject, which stands on locked screens, holds no code. */
export function codeAsMail({ occasion }: CodeMessage, code: string, pages: string): RenderedMail {
  const words = codeWords[occasion.purpose];
  const paragraph = (text: string): Block => ({ kind: 'paragraph', text: filled(text, { pages }) });
  return renderMail(words.subject, [
    paragraph(words.before),
    { kind: 'code', code },
    paragraph(words.after),
    paragraph(words.ifNot),
    paragraph(codeWords.never.long),
  ]);
}
