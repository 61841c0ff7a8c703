import { readConfiguration, type DevelopmentPart } from '@cofactor/service-kit';
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
const environmentSchema = mailSettings.refine(
  ({ SMTP_URL, MAIL_FROM }) => SMTP_URL === undefined || MAIL_FROM !== undefined,
  { path: ['MAIL_FROM'], error: 'is needed beside SMTP_URL: the address that messages come from' },
);

/** Reads SMTP_URL and MAIL_FROM; without SMTP_URL, mail goes to the local outbox. */
export function readMailSettings(environment: Readonly<Record<string, string | undefined>>): MailSettings {
  const { SMTP_URL: url, MAIL_FROM: from } = readConfiguration(environmentSchema, environment);
  if (url === undefined || from === undefined) return { kind: 'outbox' };
  const host = /@([^\s<>@]+)>?$/.exec(from)?.[1] ?? 'localhost';
  return { kind: 'smtp', url, from, host };
}

/** The parts of these settings that a production start refuses. */
export const developmentParts = (mail: MailSettings): readonly DevelopmentPart[] =>
  mail.kind === 'outbox' ? [{ name: 'the local outbox for mail', instead: 'set SMTP_URL and MAIL_FROM' }] : [];
