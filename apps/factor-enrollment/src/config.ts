import { hashingSettings, hostSettings } from '@cofactor/service-host';
import { peerSettings, relyingPartySettings } from '@cofactor/service-kit';
import { z } from 'zod';

/** The settings of factor-enrollment as a process of its own, by the names of their variables. */
export const settings = z.object({
  ...hostSettings.shape,
  ...hashingSettings.shape,
  ...peerSettings.pick({
    COFACTOR_GATEWAY_URL: true,
    COFACTOR_IDENTITY_URL: true,
    COFACTOR_NOTIFICATION_URL: true,
  }).shape,
  ...relyingPartySettings.shape,
});
