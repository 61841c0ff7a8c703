import { ConfigurationError, readConfiguration, type DevelopmentPart } from '@cofactor/service-kit';
import { z } from 'zod';
import type { MailSender } from './adapters/mail-composition';
import type { SesSettings } from './adapters/mailer.ses';
import type { SmtpSettings } from './adapters/mailer.smtp';
import { awsEndpoint, awsRegion } from './aws-settings';

/** Where mail goes. */
export type MailSettings =
  { readonly kind: 'outbox' } | ({ readonly kind: 'smtp' } & SmtpSettings) | ({ readonly kind: 'ses' } & SesSettings);

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** Where mail is handed over, by the names of the variables. */
export const mailSettings = z.object({
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'takes an address such as smtp://user:password@mail.example:587' })
    .optional()
    .describe('Where mail is handed over; without it and SES_REGION, mail stays in the local outbox'),
  SES_REGION: awsRegion.optional().describe('The region of Amazon SES, where mail goes there instead of to SMTP_URL'),
  AWS_ENDPOINT: awsEndpoint,
  MAIL_FROM: z
    .string()
    .regex(
      /^(?:[^<>"\p{C}]*<)?[^\s<>@]+@[^\s<>@]+>?$/u,
      'takes an address such as Cofactor <no-reply@practice.example>',
    )
    .optional()
    .describe('The address that messages come from; needed beside SMTP_URL and SES_REGION'),
  MAIL_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'takes the name of a time zone, such as Europe/London')
    .default('UTC')
    .describe('The time zone in which messages tell when something happened'),
});

/** Reads them from an environment; without SMTP_URL and SES_REGION, mail goes to the local outbox. */
export function readMailSettings(environment: Readonly<Record<string, string | undefined>>) {
  const read = readConfiguration(mailSettings, environment);
  return { mail: mailOf(read), timeZone: read.MAIL_TIME_ZONE };
}

/** Where mail goes by these settings. Throws ConfigurationError for a server without an address to send from. */
export function mailOf(read: z.output<typeof mailSettings>): MailSettings {
  const { SMTP_URL: url, MAIL_FROM: from, SES_REGION: region, AWS_ENDPOINT: endpoint = null } = read;
  if (url !== undefined && region !== undefined) {
    throw new ConfigurationError('SES_REGION: stands beside SMTP_URL: mail goes to one of them.');
  }
  if (url !== undefined) return { kind: 'smtp', url, ...senderOf(from) };
  return region === undefined ? { kind: 'outbox' } : { kind: 'ses', region, endpoint, ...senderOf(from) };
}

function senderOf(from: string | undefined): MailSender {
  if (from === undefined) {
    throw new ConfigurationError(
      'MAIL_FROM: is needed beside SMTP_URL and SES_REGION: the address that messages come from.',
    );
  }
  return { from, host: /@([^\s<>@]+)>?$/.exec(from)?.[1] ?? 'localhost' };
}

/** The parts of these settings that a production start refuses. */
export const developmentParts = (mail: MailSettings): readonly DevelopmentPart[] =>
  mail.kind === 'outbox'
    ? [{ name: 'the local outbox for mail', instead: 'set SMTP_URL or SES_REGION, and MAIL_FROM' }]
    : [];
