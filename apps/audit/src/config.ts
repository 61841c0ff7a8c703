import { hostSettings } from '@cofactor/service-host';
import { peerSettings } from '@cofactor/service-kit';
import { z } from 'zod';

/** The settings of audit as a process of its own, by the names of their variables. */
export const settings = z.object({
  ...hostSettings.shape,
  ...peerSettings.pick({ COFACTOR_GATEWAY_URL: true, COFACTOR_IDENTITY_URL: true }).shape,
});
