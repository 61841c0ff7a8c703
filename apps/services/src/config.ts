import { processSettings, readConfiguration, refuseInProduction } from '@cofactor/service-kit';
import { resolve } from 'node:path';
import { z } from 'zod';

const url = (protocol: RegExp, example: string) => z.url({ protocol, error: `takes an address such as ${example}` });

/** What this program itself is told; everything else in its environment reaches the services as it is. */
const settings = z.object({
  ...processSettings.shape,
  PORT: z.coerce.number('must be a port number').int().min(1).max(65_535).default(3000).describe('Port of the gateway'),
  COFACTOR_HOME: z.string().min(1).default('.cofactor').describe('Folder of the data and keys'),
  COFACTOR_REPLICAS: z.coerce
    .number('must be a number')
    .int()
    .min(1)
    .max(4)
    .default(1)
    .describe('How many processes of each service; of the gateway, the further ones take the ports after PORT'),
  COFACTOR_BUILDS: z
    .string()
    .min(1)
    .optional()
    .describe('Folder with a build for each process, such as identity-2, looked for at each start; otherwise this one'),
  REDIS_URL: url(/^rediss?$/, 'redis://localhost:6379')
    .optional()
    .describe('A Redis to use; otherwise one is started'),
  KAFKA_BROKERS: z.string().min(1).optional().describe('A Kafka to use; otherwise one is started'),
});
export type ServicesSettings = z.output<typeof settings>;

/** The settings of the services topology on one machine. It makes keys at its first start, so not in production mode. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): ServicesSettings {
  const read = readConfiguration(settings, environment);
  refuseInProduction(read.COFACTOR_MODE, [
    { name: 'npm run services', instead: 'run each service by itself, as docs/operations.md says' },
  ]);
  return { ...read, COFACTOR_HOME: resolve(read.COFACTOR_HOME) };
}
