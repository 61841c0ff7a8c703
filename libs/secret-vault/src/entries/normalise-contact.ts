import { domainToASCII } from 'node:url';

export type ContactChannel = 'email' | 'phone';

const folded = (text: string): string => text.normalize('NFKC').toLowerCase().normalize('NFKC').trim();

/**
 * The form in which two spellings of one contact are the same. Email: NFKC, lower case (no mail system in use tells
 * addresses apart by case), the domain in its ASCII form (RFC 5891). Dots and +tags stay: they are other mailboxes at
 * many providers. Phone: the digits of an E.164 number and its plus.
 */
export function normaliseContact(channel: ContactChannel, value: string): string {
  const text = folded(value);
  if (channel === 'phone') return text.replace(/[^+\d]/g, '');
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  return text.slice(0, at + 1) + (domainToASCII(domain) || domain);
}
