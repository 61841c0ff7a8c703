import { z } from 'zod';

/** What every process is told, by the names of the variables. */
export const processSettings = z.object({
  COFACTOR_MODE: z
    .enum(['development', 'production'], 'must be development or production')
    .default('development')
    .describe('production refuses every part that is made for one machine'),
  COFACTOR_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
    .default('warn')
    .describe('The least important lines that are logged'),
  COFACTOR_LISTEN: z.string().default('127.0.0.1').describe('Address to listen on'),
});

/** For processes that other processes must be able to tell apart. */
export const signingSettings = z.object({
  COFACTOR_SIGNING_KEYS: z.string().min(1).describe('Path of the JSON Web Key Set that it signs with; the first signs'),
});

/** The services speak HTTP with each other; the platform encrypts it, where it shall be. */
const isServiceUrl = (text: string): boolean =>
  /^http:/.test(text) && URL.canParse(text) && text.replace(/\/$/, '') === new URL(text).origin;
const serviceUrl = z
  .string('takes an address such as http://identity:3001')
  .refine(isServiceUrl, 'takes an address without a path or password, such as http://identity:3001');

/** Where the others answer, and publish the keys that they sign with. Each service picks those that it hears of. */
export const peerSettings = z.object({
  COFACTOR_GATEWAY_URL: serviceUrl.describe('Internal address of the gateway'),
  COFACTOR_IDENTITY_URL: serviceUrl.describe('Address of identity'),
  COFACTOR_FACTOR_ENROLLMENT_URL: serviceUrl.describe('Address of factor-enrollment'),
  COFACTOR_CHALLENGE_URL: serviceUrl.describe('Address of challenge'),
  COFACTOR_NOTIFICATION_URL: serviceUrl.describe('Address of notification'),
  COFACTOR_AUDIT_URL: serviceUrl.describe('Address of audit'),
});
