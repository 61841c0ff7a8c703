import { hashingSettings, hostSettings } from '@cofactor/service-host';
import { peerSettings } from '@cofactor/service-kit';
import { z } from 'zod';
import { issuerSetting } from './issuer';

/** The settings of factor-enrollment as a process of its own, by the names of their variables. */
export const settings = z.object({
  ...hostSettings.shape,
  ...hashingSettings.shape,
  ...peerSettings.pick({ COFACTOR_GATEWAY_URL: true, COFACTOR_IDENTITY_URL: true }).shape,
  COFACTOR_ISSUER: issuerSetting,
});
