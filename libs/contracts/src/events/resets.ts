import { z } from 'zod';
import { defineEvent } from '../event-definition';
import { idSchema, instantSchema } from '../fact';

/** Whose request a reset is: the person's own, an administrator's for a member, or that of support. */
export const resetReasonSchema = z.enum(['own-request', 'administrator-request', 'support-request']);
export type ResetReason = z.infer<typeof resetReasonSchema>;

/** Whether someone else has to agree (PRODUCT BX5), in which practices, and until when. */
export const resetApprovalSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('not-needed') }),
  z.strictObject({
    kind: z.literal('needed'),
    /** An administrator of one of these practices can approve. */
    organisationIds: z.array(idSchema).min(1),
    expiresAt: instantSchema,
  }),
]);
export type ResetApproval = z.infer<typeof resetApprovalSchema>;

const reset = { resetId: idSchema, personId: idSchema, requestedBy: idSchema };
const described = {
  version: 1,
  owner: 'factor-enrollment',
  stream: 'factors-{personId}',
  upcasters: [],
} as const;

/** Resets of two-factor authentication: who asked, who agreed, and that it took place. */
export const resetEvents = {
  resetRequested: defineEvent({
    ...described,
    type: 'reset.requested',
    label: 'Reset of two-factor authentication asked for',
    audience: 'audit-and-person',
    outcome: 'success',
    schema: z.strictObject({
      ...reset,
      reason: resetReasonSchema,
      /** What the asker wrote, sealed under the data key of the person concerned; null for one's own. */
      explanation: z.string().nullable(),
      approval: resetApprovalSchema,
    }),
  }),
  resetApproved: defineEvent({
    ...described,
    type: 'reset.approved',
    label: 'Reset of two-factor authentication approved',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({ ...reset, approvedBy: idSchema }),
  }),
  resetRejected: defineEvent({
    ...described,
    type: 'reset.rejected',
    label: 'Reset of two-factor authentication rejected',
    audience: 'audit-and-person',
    outcome: 'refused',
    schema: z.strictObject({ ...reset, rejectedBy: idSchema }),
  }),
  resetExpired: defineEvent({
    ...described,
    type: 'reset.expired',
    label: 'Reset of two-factor authentication not approved in time',
    audience: 'audit-and-person',
    outcome: 'refused',
    schema: z.strictObject(reset),
  }),
  resetDone: defineEvent({
    ...described,
    type: 'reset.done',
    label: 'Two-factor authentication reset',
    audience: 'audit-and-person',
    outcome: 'success',
    schema: z.strictObject({ ...reset, reason: resetReasonSchema, approvedBy: idSchema.nullable() }),
  }),
} as const;
