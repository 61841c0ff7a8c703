import { z } from 'zod';
import { instantSchema } from '../fact';
import { factorTypeSchema } from '../factor-types';
import { deliverySchema } from './notification';
import { defineOperations } from './operation';

const positions = z.array(z.string());
const statement = z.string();

export const challengeOperations = defineOperations('challenge', {
  issueChallenge: {
    callers: ['gateway'],
    // Each sends a code and takes a place among the open ones.
    repeat: 'with-key',
    request: z.object({ statement, credentialId: z.string(), challengeId: z.string().nullable() }),
    reply: z.object({
      challengeId: z.string(),
      type: factorTypeSchema,
      hint: z.string(),
      expiresAt: instantSchema,
      resendAt: instantSchema,
      delivery: deliverySchema.optional(),
      /** What the factor type asks the caller for, such as `publicKey`. */
      details: z.record(z.string(), z.unknown()).default({}),
      positions,
    }),
  },
  answerChallenge: {
    callers: ['gateway'],
    // A right answer gives the same proof again; a wrong one would count twice.
    repeat: 'with-key',
    request: z.object({ statement, challengeId: z.string(), answer: z.record(z.string(), z.unknown()) }),
    reply: z.object({ proof: z.string(), positions }),
  },
  /** How the person's credentials were used; the owner of those facts answers, so it is never behind. */
  readUsage: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ statement, credentialIds: z.array(z.string()) }),
    reply: z.object({
      usage: z.array(
        z.object({
          credentialId: z.string(),
          lastUsedAt: instantSchema.nullable(),
          disabled: z.boolean(),
          /** How many one-time parts (recovery codes) are spent. */
          spent: z.int(),
        }),
      ),
    }),
  },
});
