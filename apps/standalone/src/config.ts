import { gatewaySettings } from '@cofactor/gateway';
import { firstPasswordSettings } from '@cofactor/identity';
import { readMailSettings, readTextSettings } from '@cofactor/notification';
import {
  processSettings,
  readConfiguration,
  refuseInProduction,
  relyingPartySettings,
  supportSettings,
} from '@cofactor/service-kit';
import { resolve } from 'node:path';
import { z } from 'zod';

const settings = z.object({
  ...processSettings.shape,
  ...gatewaySettings.shape,
  ...firstPasswordSettings.shape,
  COFACTOR_HOME: z.string().min(1).default('.cofactor').describe('Folder of the data and keys'),
  ...supportSettings.shape,
  COFACTOR_ISSUER: relyingPartySettings.shape.COFACTOR_ISSUER,
  COFACTOR_HASHES_WAITING: z.coerce.number('must be a number').int().min(1).max(10_000).default(256),
});

export type StandaloneSettings = z.output<typeof settings>;

/**
 * The settings of the embedded default. In production mode it does not start: PostgreSQL, the bus, the challenges
 * and the keys of this topology are made for one machine.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>) {
  const read = readConfiguration(settings, environment);
  const { mail, timeZone } = readMailSettings(environment);
  const texts = readTextSettings(environment);
  refuseInProduction(read.COFACTOR_MODE, [
    { name: 'the embedded PostgreSQL', instead: 'give each service its own database' },
    { name: 'the bus inside PostgreSQL', instead: 'run the services on Kafka' },
    { name: 'pending challenges in memory', instead: 'run the services on Redis' },
    { name: 'keys made at the first start', instead: 'mount a key file or use a key service' },
    ...(mail.kind === 'outbox'
      ? [{ name: 'the local outbox for mail', instead: 'set SMTP_URL or SES_REGION, and MAIL_FROM' }]
      : []),
  ]);
  return { ...read, COFACTOR_HOME: resolve(read.COFACTOR_HOME), mail, timeZone, texts };
}
