import { z } from 'zod';

/** The name that authenticator apps show beside the account. */
export const issuerSetting = z
  .string()
  .regex(/^[^:\p{C}]{1,60}$/u, 'takes a name of at most 60 characters without a colon')
  .default('Cofactor')
  .describe('The name that authenticator apps show');
