import { ConfigurationError, readConfiguration, type DevelopmentPart } from '@cofactor/service-kit';
import { z } from 'zod';
import type { SmtpSettings } from './adapters/mailer.smtp';

/** Where mail goes. */
export type MailSettings = { readonly kind: 'outbox' } | ({ readonly kind: 'smtp' } & SmtpSettings);

/** Where mail is handed over, by the names of the variables. */
export const mailSettings = z.object({
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'takes an address such as smtp://user:password@mail.example:587' })
    .optional()
    .describe('Where mail is handed over; without it, mail stays in the local outbox'),
  MAIL_FROM: z
    .string()
    .regex(
      /^(?:[^<>"\p{C}]*<)?[^\s<>@]+@[^\s<>@]+>?$/u,
      'takes an address such as Cofactor <no-reply@practice.example>',
    )
    .optional()
    .describe('The address that messages come from; needed beside SMTP_URL'),
});
/** Reads SMTP_URL and MAIL_FROM; without SMTP_URL, mail goes to the local outbox. */
export const readMailSettings = (environment: Readonly<Record<string, string | undefined>>): MailSettings =>
  mailOf(readConfiguration(mailSettings, environment));

/** Where mail goes by these settings. Throws ConfigurationError for a server without an address to send from. */
export function mailOf({ SMTP_URL: url, MAIL_FROM: from }: z.output<typeof mailSettings>): MailSettings {
  if (url === undefined) return { kind: 'outbox' };
  if (from === undefined) {
    throw new ConfigurationError('MAIL_FROM: is needed beside SMTP_URL: the address that messages come from.');
  }
  const host = /@([^\s<>@]+)>?$/.exec(from)?.[1] ?? 'localhost';
  return { kind: 'smtp', url, from, host };
}

/** The parts of these settings that a production start refuses. */
export const developmentParts = (mail: MailSettings): readonly DevelopmentPart[] =>
  mail.kind === 'outbox' ? [{ name: 'the local outbox for mail', instead: 'set SMTP_URL and MAIL_FROM' }] : [];
