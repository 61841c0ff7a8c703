import { hostSettings } from '@cofactor/service-host';
import { peerSettings, relyingPartySettings } from '@cofactor/service-kit';
import { z } from 'zod';
import { mailSettings } from './mail-settings';
import { textSettings } from './text-settings';

/** The settings of notification as a process of its own, by the names of their variables. */
export const settings = z.object({
  ...hostSettings.shape,
  ...peerSettings.pick({
    COFACTOR_GATEWAY_URL: true,
    COFACTOR_IDENTITY_URL: true,
    COFACTOR_CHALLENGE_URL: true,
    COFACTOR_FACTOR_ENROLLMENT_URL: true,
  }).shape,
  ...mailSettings.shape,
  ...textSettings.shape,
  ...relyingPartySettings.pick({ COFACTOR_PAGES_URL: true }).shape,
});
