import { readConfiguration } from '@cofactor/service-kit';
import { z } from 'zod';
import type { SnsSettings } from './adapters/text-messenger.sns';
import { awsEndpoint, awsRegion } from './aws-settings';

/** Where text messages go. `none`: in development mode to the local outbox; in production mode none is sent. */
export type TextSettings = { readonly kind: 'none' } | ({ readonly kind: 'sns' } & SnsSettings);

/** A country code, and a sender id (a name of at most 11 letters and digits) or a number. */
const sender = /^([1-9]\d{0,2})=(\+[1-9]\d{6,14}|(?=\d*[A-Za-z])[A-Za-z\d]{1,11})$/;

/** Where text messages are handed over, by the names of the variables. */
export const textSettings = z.object({
  SNS_REGION: awsRegion
    .optional()
    .describe('The region of Amazon SNS, which delivers text messages; without it, production sends none'),
  SMS_SENDERS: z
    .string()
    .transform((list) => list.split(',').map((entry) => entry.trim()))
    .refine(
      (entries) => entries.every((entry) => sender.test(entry)),
      'takes a list such as 44=Cofactor,1=+12065550100',
    )
    .transform((entries) => new Map(entries.map((entry) => [entry.replace(/=.*/, ''), entry.replace(/.*=/, '')])))
    .optional()
    .describe('Who text messages come from, by country code: a sender id or a number'),
  AWS_ENDPOINT: awsEndpoint,
});

/** Reads them from an environment. */
export const readTextSettings = (environment: Readonly<Record<string, string | undefined>>): TextSettings =>
  textsOf(readConfiguration(textSettings, environment));

/** Where text messages go by these settings. */
export function textsOf(read: z.output<typeof textSettings>): TextSettings {
  const { SNS_REGION: region, SMS_SENDERS: senders = new Map(), AWS_ENDPOINT: endpoint = null } = read;
  return region === undefined ? { kind: 'none' } : { kind: 'sns', region, endpoint, senders };
}
