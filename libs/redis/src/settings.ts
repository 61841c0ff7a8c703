import { z } from 'zod';

/** Where a process finds its Redis, by the names of the variables. */
export const redisSettings = z.object({
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'takes an address such as redis://:password@redis:6379' })
    .describe('Redis: redis://, or rediss:// for TLS, with the password in it'),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w.:-]{1,40}$/, 'takes at most 40 letters, digits, dots, colons, dashes and underscores')
    .default('cofactor:')
    .describe('What the names of all keys begin with'),
});
export type RedisSettings = z.output<typeof redisSettings>;
