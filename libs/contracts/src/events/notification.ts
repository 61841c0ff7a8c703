import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-definition';
import { idSchema } from '../fact';
import { factorTypeSchema } from '../factor-types';

export const messageTemplateSchema = z.enum([
  'factor-added',
  'factor-removed',
  'recovery-code-used',
  'recovery-codes-issued',
  'credential-disabled',
]);
export type MessageTemplate = z.infer<typeof messageTemplateSchema>;

const message = {
  messageId: idSchema,
  personId: idSchema,
  template: messageTemplateSchema,
  channel: z.literal('email'),
};

export const notificationEvents = {
  messageRequested: defineEvent({
    type: 'message.requested',
    version: 1,
    owner: 'notification',
    stream: 'message-{messageId}',
    label: 'Message to the person requested',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({
      ...message,
      /** The fact that the message tells of: one message per fact. */
      about: z.strictObject({
        factId: idSchema,
        at: z.string(),
        factorType: factorTypeSchema.nullable(),
        name: z.string().nullable(),
      }),
    }),
    upcasters: [],
  }),
  messageSent: defineEvent({
    type: 'message.sent',
    version: 1,
    owner: 'notification',
    stream: 'message-{messageId}',
    label: 'Message sent',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({ ...message, attempt: z.int().min(1) }),
    upcasters: [],
  }),
  messageFailed: defineEvent({
    type: 'message.failed',
    version: 1,
    owner: 'notification',
    stream: 'message-{messageId}',
    label: 'Message failed',
    audience: 'audit',
    outcome: 'failed',
    schema: z.strictObject({
      ...message,
      attempt: z.int().min(1),
      reason: z.enum(['provider-unavailable', 'provider-refused', 'no-address']),
      /** True when nothing more will be tried. */
      final: z.boolean(),
    }),
    upcasters: [],
  }),
} as const;
export type NotificationEvent = EventOf<typeof notificationEvents>;
