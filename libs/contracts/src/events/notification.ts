import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-definition';
import { idSchema, instantSchema } from '../fact';
import { factorTypeSchema } from '../factor-types';

/** What a message tells of, in words of its own. */
export const noticeTemplateSchema = z.enum([
  'factor-added',
  'factor-removed',
  'recovery-code-used',
  'recovery-codes-issued',
  'credential-disabled',
  'factors-reset',
]);
export type NoticeTemplate = z.infer<typeof noticeTemplateSchema>;

export const channelSchema = z.enum(['sms', 'email']);
export type Channel = z.infer<typeof channelSchema>;

/** What the code of a message answers. */
const occasionSchema = z.strictObject({
  id: idSchema,
  purpose: z.enum(['set-up', 'sign-in']),
  expiresAt: instantSchema,
});

/** A message tells of a fact, one message per fact; or it carries the code of a set-up or a challenge. */
const aboutSchema = z.strictObject({
  factId: idSchema,
  at: z.string(),
  factorType: factorTypeSchema.nullable(),
  name: z.string().nullable(),
});

/** What codes are counted by while they are sent (DESIGN §5, Throttles). */
export const ceilingKindSchema = z.enum(['person', 'number', 'range', 'organisation', 'source', 'country']);
export type CeilingKind = z.infer<typeof ceilingKindSchema>;

const whom = { messageId: idSchema, personId: idSchema };
const notice = { ...whom, template: noticeTemplateSchema, channel: z.literal('email') };
const code = { ...whom, template: z.literal('code'), channel: channelSchema };
const outcome = { attempt: z.int().min(1) };
const failure = {
  ...outcome,
  reason: z.enum(['provider-unavailable', 'provider-refused', 'no-address', 'expired']),
  /** True when nothing more will be tried. */
  final: z.boolean(),
};

export const notificationEvents = {
  messageRequested: defineEvent({
    type: 'message.requested',
    version: 3,
    owner: 'notification',
    stream: 'message-{messageId}',
    label: 'Message to the person requested',
    audience: 'audit',
    outcome: 'success',
    schema: z.discriminatedUnion('template', [
      z.strictObject({ ...notice, about: aboutSchema }),
      z.strictObject({ ...code, occasion: occasionSchema }),
    ]),
    /** Version 1 knew no codes and version 2 no resets; what they have is a version 3 as it stands. */
    upcasters: [(data) => data, (data) => data],
  }),
  messageSent: defineEvent({
    type: 'message.sent',
    version: 3,
    owner: 'notification',
    stream: 'message-{messageId}',
    label: 'Message sent',
    audience: 'audit',
    outcome: 'success',
    schema: z.discriminatedUnion('template', [
      z.strictObject({ ...notice, ...outcome }),
      z.strictObject({ ...code, ...outcome }),
    ]),
    upcasters: [(data) => data, (data) => data],
  }),
  messageFailed: defineEvent({
    type: 'message.failed',
    version: 3,
    owner: 'notification',
    stream: 'message-{messageId}',
    label: 'Message failed',
    audience: 'audit',
    outcome: 'failed',
    schema: z.discriminatedUnion('template', [
      z.strictObject({ ...notice, ...failure }),
      z.strictObject({ ...code, ...failure }),
    ]),
    upcasters: [(data) => data, (data) => data],
  }),
  /** A code that was not sent because as many were sent already. It can be asked for again later. */
  messageRefused: defineEvent({
    type: 'message.refused',
    version: 1,
    owner: 'notification',
    stream: 'message-{messageId}',
    label: 'Code not sent: a ceiling is reached',
    audience: 'audit',
    outcome: 'refused',
    /** One of those that are reached. */
    schema: z.strictObject({ ...code, ceiling: ceilingKindSchema }),
    upcasters: [],
  }),
} as const;
export type NotificationEvent = EventOf<typeof notificationEvents>;
