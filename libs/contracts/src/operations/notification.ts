import { z } from 'zod';
import { instantSchema } from '../fact';
import { defineOperations } from './operation';

export const outboxMessageSchema = z.object({
  messageId: z.string(),
  at: instantSchema,
  channel: z.enum(['sms', 'email']),
  to: z.string(),
  subject: z.string().optional(),
  text: z.string(),
});
export type OutboxMessage = z.infer<typeof outboxMessageSchema>;

export const notificationOperations = defineOperations('notification', {
  /** What would have been sent, newest first; development mode only. */
  readOutbox: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({}),
    reply: z.object({ messages: z.array(outboxMessageSchema) }),
  },
});
