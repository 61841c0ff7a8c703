import { z } from 'zod';
import { actorSchema, instantSchema, subjectSchema } from '../fact';
import { factorTypeSchema } from '../factor-types';
import { defineOperations } from './operation';

export const auditRecordSchema = z.object({
  recordId: z.string(),
  at: instantSchema,
  organisationId: z.string(),
  type: z.string(),
  outcome: z.enum(['success', 'refused', 'failed']),
  actor: actorSchema,
  subject: subjectSchema,
  source: z.object({
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    deviceId: z.string().optional(),
  }),
  factor: z.object({ type: factorTypeSchema, credentialId: z.string(), hint: z.string().nullable() }).optional(),
  reason: z.string().optional(),
  /** The settings that are different now, of a change of rules. */
  changed: z.array(z.string()).optional(),
  policyVersion: z.int().optional(),
  stream: z.string(),
  version: z.int(),
  requestId: z.string(),
});
export type AuditRecordView = z.infer<typeof auditRecordSchema>;

export const auditOperations = defineOperations('audit', {
  /** Newest first. `after` is a cursor of an earlier page; `readAfter` are positions that the page must include (I8). */
  listRecords: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({
      statement: z.string(),
      organisationId: z.string(),
      after: z.string().nullable(),
      limit: z.int().min(1).max(500),
      subject: z.string().nullable(),
      type: z.string().nullable(),
      from: instantSchema.nullable(),
      to: instantSchema.nullable(),
      readAfter: z.array(z.string()),
    }),
    reply: z.object({ records: z.array(auditRecordSchema), next: z.string().nullable() }),
  },
});
