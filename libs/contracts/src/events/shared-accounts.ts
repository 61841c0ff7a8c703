import { z } from 'zod';
import { defineEvent } from '../event-definition';
import { idSchema } from '../fact';

/**
 * Why an account may be one that several people share: the name in its address, a telephone number or a passkey that
 * other people have set up too, or sessions from many networks at once.
 */
export const sharingSignSchema = z.enum(['name', 'phone-number', 'passkey', 'many-networks']);
export type SharingSign = z.infer<typeof sharingSignSchema>;

const described = {
  version: 1,
  owner: 'identity',
  stream: 'shared-account-{personId}',
  audience: 'audit',
  outcome: 'success',
  upcasters: [],
} as const;

/** Accounts that several people share: what was noticed, and what a practice decided about it (AX6, HE13). */
export const sharedAccountEvents = {
  sharedAccountSuspected: defineEvent({
    ...described,
    type: 'shared-account.suspected',
    label: 'Sign that several people share an account',
    schema: z.strictObject({ personId: idSchema, sign: sharingSignSchema }),
  }),
  sharedAccountDecided: defineEvent({
    ...described,
    type: 'shared-account.decided',
    label: 'Decision whether several people share an account',
    schema: z.strictObject({
      personId: idSchema,
      /** The practice for which it holds; others decide for themselves. */
      organisationId: idSchema,
      /** Withdrawn: as if nothing had been decided. */
      decision: z.enum(['shared', 'personal', 'withdrawn']),
      /** What the administrator wrote, sealed for the person. */
      explanation: z.string().nullable(),
    }),
  }),
} as const;
