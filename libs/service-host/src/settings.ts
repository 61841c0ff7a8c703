import { kafkaSettings } from '@cofactor/messaging';
import { processSettings, signingSettings, tracingSettings } from '@cofactor/service-kit';
import { z } from 'zod';

const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'takes an address such as postgres://role:password@host:5432/database',
});
/** What every service with a database is told, by the names of the variables. */
export const hostSettings = z.object({
  ...processSettings.shape,
  ...signingSettings.shape,
  ...tracingSettings.shape,
  ...kafkaSettings.shape,
  PORT: z.coerce
    .number('must be a port number')
    .int()
    .min(0)
    .max(65_535)
    .describe('Port for the other services and for operations people'),
  DATABASE_URL: databaseUrl.describe("The service's own database, under its application role"),
  VAULT_DATABASE_URL: databaseUrl.describe("The vault's database, under the same application role"),
  COFACTOR_VAULT_KEYS: z.string().min(1).describe('Path of the key file with the kinds of entries that are its own'),
});
export type HostSettings = z.output<typeof hostSettings>;

/** How many passwords and codes may wait to be hashed. */
export const hashingSettings = z.object({
  COFACTOR_HASHES_WAITING: z.coerce
    .number('must be a number')
    .int()
    .min(1)
    .max(10_000)
    .default(256)
    .describe('How many passwords and codes may wait to be hashed; one more is answered 503'),
});
