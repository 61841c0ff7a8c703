import { z } from 'zod';

/** Where Amazon is asked, by the names of the variables. */
export const awsRegion = z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'takes a region such as eu-west-2');
export const awsEndpoint = z
  .url({ protocol: /^https?$/, error: 'takes an address such as https://sns.eu-west-2.amazonaws.com' })
  .optional()
  .describe('Where Amazon is asked, instead of the endpoints of the region');
