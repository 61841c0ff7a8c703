import type { Channel } from '@cofactor/contracts';
import type { CodeMessage } from './message';
import type { RenderedMessage } from './render';
import { codeWords } from './words.en-GB';

/**
 * A code in words. The subject, which stands on locked screens, holds no code. The last line of a text message lets a
 * browser fill the code in on our own pages alone (R45, origin-bound one-time codes).
 */
export function renderCode({ occasion, channel }: CodeMessage, code: string, pages: string): RenderedMessage {
  const words = codeWords[occasion.purpose];
  const values: Readonly<Record<string, string>> = { code, pages, host: new URL(pages).hostname };
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder);
  const text: Readonly<Record<Channel, readonly string[]>> = {
    sms: [words.short, codeWords.never.short, codeWords.boundTo],
    email: [words.long, words.ifNot, codeWords.never.long],
  };
  const lines = text[channel].map(fill);
  return { subject: words.subject, text: channel === 'sms' ? lines.join('\n') : `${lines.join('\n\n')}\n` };
}
