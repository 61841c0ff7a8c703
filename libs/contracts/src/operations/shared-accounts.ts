import { z } from 'zod';
import { sharingSignSchema } from '../events/shared-accounts';
import { idSchema, instantSchema } from '../fact';

const inPractice = { token: z.string(), organisationId: idSchema };

/** An account of a practice that several people may share (PRODUCT AX6, HE13). */
export const sharedAccountViewSchema = z.object({
  personId: z.string(),
  name: z.string(),
  emailHint: z.string(),
  /** Why it may be one. */
  signs: z.array(sharingSignSchema),
  /** What an administrator of this practice decided; it outweighs the name. */
  decision: z
    .object({ shared: z.boolean(), at: instantSchema, by: z.string(), reason: z.string().nullable() })
    .nullable(),
  /** Whether this practice holds it for shared: as decided, or else by its name. */
  shared: z.boolean(),
  /** Whether it may set up no method and is not reset, because the practice refuses shared accounts. */
  refused: z.boolean(),
});
export type SharedAccountView = z.infer<typeof sharedAccountViewSchema>;

/** What an administrator is told of shared accounts, and says of them. */
export const sharedAccountOperations = {
  listSharedAccounts: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({
      ...inPractice,
      /** The person with whom the page before ended. */
      after: idSchema.nullable(),
      limit: z.int().min(1).max(500),
    }),
    reply: z.object({ accounts: z.array(sharedAccountViewSchema), next: z.string().nullable() }),
  },
  decideSharedAccount: {
    callers: ['gateway'],
    // The same decision again is none.
    repeat: 'always',
    request: z.object({
      ...inPractice,
      personId: idSchema,
      /** Null withdraws what was decided. */
      shared: z.boolean().nullable(),
      reason: z.string().nullable(),
    }),
    reply: z.object({ positions: z.array(z.string()) }),
  },
} as const;
