import { redisSettings } from '@cofactor/redis';
import { peerSettings, processSettings, signingSettings, tracingSettings } from '@cofactor/service-kit';
import { z } from 'zod';
import { gatewaySettings } from './door-settings';

/** The settings of the gateway as a process of its own. */
export const settings = z.object({
  ...processSettings.shape,
  ...signingSettings.shape,
  ...tracingSettings.shape,
  ...gatewaySettings.shape,
  ...redisSettings.shape,
  ...peerSettings.omit({ COFACTOR_GATEWAY_URL: true }).shape,
  COFACTOR_INTERNAL_PORT: z.coerce
    .number('must be a port number')
    .int()
    .min(0)
    .max(65_535)
    .default(3010)
    .describe('Port for operations people and for the keys that the gateway signs with'),
});
