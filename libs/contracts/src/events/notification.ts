import { z } from 'zod';
import { defineEvent, type EventOf, type Upcaster } from '../event-definition';
import { idSchema, instantSchema } from '../fact';
import { factorTypeSchema } from '../factor-types';
import { installationRoleSchema, organisationRoleSchema } from '../roles';

/** What a message tells of, in words of its own. */
export const noticeTemplateSchema = z.enum([
  'factor-added',
  'factor-removed',
  'recovery-code-used',
  'recovery-codes-issued',
  'credential-disabled',
  'factors-reset',
  'reset-requested',
  'roles-changed',
  'enforcement-on',
  'changes-frozen',
  'change-reported',
  'reset-not-approved',
  'reset-awaits-approval',
  'membership-changed',
  'appointment-changed',
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

const toldMethodSchema = z.strictObject({ type: factorTypeSchema, name: z.string() });

/** What changed, as far as words need it. */
const toldChangeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('factor'), factorType: factorTypeSchema.nullable(), name: z.string().nullable() }),
  z.strictObject({
    kind: z.literal('roles'),
    /** Null where the fact did not say which methods they are. */
    default: toldMethodSchema.nullable(),
    secondary: toldMethodSchema.nullable(),
  }),
  z.strictObject({ kind: z.literal('freeze'), until: instantSchema }),
  /** A reset that waited for a second person, and did not take place. */
  z.strictObject({ kind: z.literal('reset-over'), outcome: z.enum(['refused', 'expired']) }),
  /** A reset that waits for a second person, and until when. */
  z.strictObject({ kind: z.literal('approval'), until: instantSchema }),
  /** The name of the practice that asks for a second factor; null where the operator asks it of one person. */
  z.strictObject({ kind: z.literal('enforcement'), practice: z.string().nullable() }),
  /** What the person is in a practice, by its name, from now on; without a role they no longer belong to it. */
  z.strictObject({ kind: z.literal('membership'), practice: z.string(), roles: z.array(organisationRoleSchema) }),
  /** Whether the person runs the installation, or belongs to its support, from now on. */
  z.strictObject({ kind: z.literal('appointment'), role: installationRoleSchema, holds: z.boolean() }),
]);

/** Who caused what is told: the person, someone for them, or nobody in particular; null where it was not written down. */
const toldCauseSchema = z.enum(['person', 'administrator', 'support', 'practice']).nullable();

/** A message tells of a fact, one message per fact and person; or it carries the code of a set-up or a challenge. */
const aboutSchema = z.strictObject({
  factId: idSchema,
  at: z.string(),
  by: toldCauseSchema,
  change: toldChangeSchema,
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

/** As a notice was written before it told of more than factors. */
const earlierNoticeSchema = z.object({
  template: z.string(),
  about: z.object({ factId: z.string(), at: z.string(), factorType: z.unknown(), name: z.unknown() }).optional(),
});

const withChange: Upcaster = (data) => {
  const { about } = earlierNoticeSchema.parse(data);
  if (about === undefined) return data;
  const { factId, at, factorType, name } = about;
  return { ...(data as object), about: { factId, at, by: null, change: { kind: 'factor', factorType, name } } };
};

const withReached: Upcaster = (data) =>
  (data as { readonly template: unknown }).template === 'code' ? data : { ...(data as object), reached: [] };

export const notificationEvents = {
  messageRequested: defineEvent({
    type: 'message.requested',
    version: 7,
    owner: 'notification',
    stream: 'message-{messageId}',
    label: 'Message to the person requested',
    audience: 'audit',
    outcome: 'success',
    schema: z.discriminatedUnion('template', [
      z.strictObject({ ...notice, about: aboutSchema }),
      z.strictObject({ ...code, occasion: occasionSchema }),
    ]),
    /**
     * Version 1 knew no codes, version 2 no resets, version 4 nothing that support is told, version 5 nothing of resets
     * that wait, and version 6 nothing of roles of people; version 3 told of factors alone.
     */
    upcasters: [(data) => data, (data) => data, withChange, (data) => data, (data) => data, (data) => data],
  }),
  messageSent: defineEvent({
    type: 'message.sent',
    version: 7,
    owner: 'notification',
    stream: 'message-{messageId}',
    label: 'Message sent',
    audience: 'audit',
    outcome: 'success',
    schema: z.discriminatedUnion('template', [
      z.strictObject({ ...notice, ...outcome }),
      z.strictObject({ ...code, ...outcome }),
    ]),
    upcasters: [(data) => data, (data) => data, (data) => data, (data) => data, (data) => data, (data) => data],
  }),
  messageFailed: defineEvent({
    type: 'message.failed',
    version: 7,
    owner: 'notification',
    stream: 'message-{messageId}',
    label: 'Message failed',
    audience: 'audit',
    outcome: 'failed',
    schema: z.discriminatedUnion('template', [
      z.strictObject({
        ...notice,
        ...failure,
        /** The contacts that have it by now: they are not written to again. */
        reached: z.array(idSchema),
      }),
      z.strictObject({ ...code, ...failure }),
    ]),
    upcasters: [(data) => data, (data) => data, withReached, (data) => data, (data) => data, (data) => data],
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
