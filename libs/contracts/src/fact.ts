import { z } from 'zod';

/** The services that own streams, and so logs of facts. */
export const services = ['identity', 'factor-enrollment', 'challenge', 'notification'] as const;
export const serviceSchema = z.enum(services);
export type Service = z.infer<typeof serviceSchema>;

/** RFC 3339, UTC, milliseconds. */
export const instantSchema = z.iso.datetime({ precision: 3 });
export const idSchema = z.string().min(1).max(40);

export const actorSchema = z.object({ kind: z.enum(['person', 'service', 'operator']), id: z.string() });
export type Actor = z.infer<typeof actorSchema>;

export const subjectSchema = z.object({ kind: z.enum(['person', 'organisation', 'unknown']), id: z.string() });
export type Subject = z.infer<typeof subjectSchema>;

/**
 * Where a fact came from. `sealed` holds {ip, userAgent} under the data key of `sealedFor` (a person's id, or
 * `installation` where no person is known), or null where nothing personal was known.
 */
export const originSchema = z.object({
  requestId: z.string(),
  traceparent: z.string().nullable(),
  sealed: z.string().nullable(),
  sealedFor: z.string(),
});
export type Origin = z.infer<typeof originSchema>;

/** What stands around an event when it is committed: whom it concerns, who did it, from where. */
export const envelopeSchema = z.object({
  organisationIds: z.array(idSchema),
  actor: actorSchema,
  subject: subjectSchema,
  origin: originSchema,
  policyVersion: z.int().nullable(),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/**
 * One committed event of one stream, as every consumer receives it. `position` orders a service's log without gaps.
 * `epoch` is that of the log: each restore begins a new one, in which positions and versions after the backup are given
 * out again (docs/adr/0010); a fact that names none is of the first.
 */
export const factSchema = z.object({
  id: idSchema,
  service: serviceSchema,
  position: z.int(),
  epoch: z.int().min(1).default(1),
  stream: z.string(),
  version: z.int().min(1),
  type: z.string(),
  schemaVersion: z.int().min(1),
  at: instantSchema,
  envelope: envelopeSchema,
  data: z.unknown(),
});
export type Fact = z.infer<typeof factSchema>;
