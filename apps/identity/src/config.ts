import { hashingSettings, hostSettings } from '@cofactor/service-host';
import { peerSettings, supportSettings, type DevelopmentPart } from '@cofactor/service-kit';
import { z } from 'zod';
import { firstPasswordSettings } from './first-password-settings';

/** The settings of identity as a process of its own, by the names of their variables. */
export const settings = z.object({
  ...hostSettings.shape,
  ...hashingSettings.shape,
  ...peerSettings.pick({
    COFACTOR_GATEWAY_URL: true,
    COFACTOR_FACTOR_ENROLLMENT_URL: true,
    COFACTOR_CHALLENGE_URL: true,
    COFACTOR_NOTIFICATION_URL: true,
  }).shape,
  ...supportSettings.shape,
  ...firstPasswordSettings.shape,
  COFACTOR_REGISTRATION: z
    .enum(['open', 'operator'], 'must be open or operator')
    .optional()
    .describe('Who creates practices: anyone (the default in development), or the operator (in production)'),
});
export type IdentitySettings = z.output<typeof settings>;

/** Who may create practices, by these settings. */
export const registrationOf = ({ COFACTOR_MODE, COFACTOR_REGISTRATION }: IdentitySettings): 'open' | 'operator' =>
  COFACTOR_REGISTRATION ?? (COFACTOR_MODE === 'development' ? 'open' : 'operator');

/** The parts of these settings that a production start refuses. */
export const developmentParts = (read: IdentitySettings): readonly DevelopmentPart[] =>
  registrationOf(read) === 'open'
    ? [{ name: 'open registration', instead: 'leave COFACTOR_REGISTRATION out and run npm run operator' }]
    : [];
