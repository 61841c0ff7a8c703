import { z } from 'zod';

/** The link by which people who were added choose their first password. */
export const firstPasswordSettings = z.object({
  COFACTOR_FIRST_PASSWORD_DAYS: z.coerce
    .number()
    .int()
    .min(1, 'must be a number of days from 1 to 30')
    .max(30, 'must be a number of days from 1 to 30')
    .default(7)
    .describe('For how many days the link to a first password works'),
});
