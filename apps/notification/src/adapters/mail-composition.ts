import type { Mail } from '../domain/ports';

/** From whom mail comes. */
export interface MailSender {
  /** An address, or a name with an address in angle brackets. */
  readonly from: string;
  /** The host part of every Message-ID. */
  readonly host: string;
}

/** A mail as nodemailer writes it (RFC 5322), text before HTML (RFC 2046 §5.1.4); one header is one header (R36). */
export const composed = ({ messageId, to, subject, text, html }: Mail, { from, host }: MailSender) => ({
  from,
  to: { name: '', address: to },
  subject,
  text,
  html,
  // Lines of any length and script arrive as they are.
  textEncoding: 'quoted-printable' as const,
  messageId: `<${messageId}@${host}>`,
  // RFC 3834 §5: out-of-office replies stay away.
  headers: { 'Auto-Submitted': 'auto-generated' },
});
