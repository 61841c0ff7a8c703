import { z } from 'zod';
import { channelSchema } from '../events/notification';
import { envelopeSchema, idSchema, instantSchema } from '../fact';
import { defineOperations } from './operation';

export const outboxMessageSchema = z.object({
  messageId: z.string(),
  at: instantSchema,
  channel: channelSchema,
  to: z.string(),
  subject: z.string().optional(),
  text: z.string(),
  /** The other part of a mail. */
  html: z.string().optional(),
});
export type OutboxMessage = z.infer<typeof outboxMessageSchema>;

/** What became of a code that was to be sent: handed to who delivers it, or still being tried. */
export const deliverySchema = z.enum(['sent', 'delayed']);
export type Delivery = z.infer<typeof deliverySchema>;

export const notificationOperations = defineOperations('notification', {
  /**
   * Sends a code while it lives. The code and the number are in this request and nowhere else. Refused as
   * `code-not-sent` where it cannot be delivered.
   */
  sendCode: {
    callers: ['challenge', 'factor-enrollment'],
    // Each code has its own message, and that is sent once.
    repeat: 'always',
    request: z.object({
      personId: idSchema,
      /** The set-up or challenge that the code answers, and how often it was asked for before. */
      occasion: z.object({ id: idSchema, purpose: z.enum(['set-up', 'sign-in']), asked: z.int().min(0) }),
      to: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('login-address') }),
        z.object({ kind: z.literal('number'), number: z.string() }),
      ]),
      code: z.string(),
      expiresAt: instantSchema,
      /** Of the fact that the code belongs to. */
      envelope: envelopeSchema,
    }),
    reply: z.object({ delivery: deliverySchema }),
  },
  /** Whose message a report link belongs to. Refused as `link-not-valid` for every link that is not one of ours, or is over. */
  readReportedNotice: {
    callers: ['factor-enrollment'],
    repeat: 'always',
    request: z.object({ link: z.string() }),
    reply: z.object({
      messageId: idSchema,
      factId: idSchema,
      personId: idSchema,
      organisationIds: z.array(idSchema),
      policyVersion: z.int().nullable(),
    }),
  },
  /**
   * Brings someone whom a practice added the link by which they choose their first password; or tells them of it, where
   * they have one. The link is in this request and nowhere else. Refused as `code-not-sent` and `too-many-codes`.
   */
  sendLink: {
    callers: ['identity'],
    // Each link has its own message, and that is sent once.
    repeat: 'always',
    request: z.object({
      personId: idSchema,
      /** The id of the link, or of the telling. */
      messageFor: idSchema,
      /** The name of the practice. */
      practice: z.string(),
      link: z.object({ token: z.string(), days: z.int().min(1) }).nullable(),
      /** Until when it is tried to be sent. */
      expiresAt: instantSchema,
      envelope: envelopeSchema,
    }),
    reply: z.object({ delivery: deliverySchema }),
  },
  /** What would have been sent, newest first; development mode only. */
  readOutbox: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({}),
    reply: z.object({ messages: z.array(outboxMessageSchema) }),
  },
});
