import { hostSettings } from '@cofactor/service-host';
import { peerSettings } from '@cofactor/service-kit';
import { z } from 'zod';
import { mailSettings } from './mail-settings';

/** The settings of notification as a process of its own, by the names of their variables. */
export const settings = z.object({
  ...hostSettings.shape,
  ...peerSettings.pick({ COFACTOR_GATEWAY_URL: true }).shape,
  ...mailSettings.shape,
  COFACTOR_PAGES_URL: z
    .url({ protocol: /^https?$/, error: 'takes an address such as https://mfa.practice.example' })
    .describe("The address of this installation's pages, as people type it"),
});
