import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-definition';
import { idSchema, instantSchema } from '../fact';
import { factorRoleSchema, factorTypeSchema } from '../factor-types';
import { authoritySchema } from '../statements';
import { resetEvents } from './resets';

/** A method, by its kind and the name that the person gave it. */
const methodSchema = z.strictObject({ type: factorTypeSchema, name: z.string() });

export const factorEnrollmentEvents = {
  ...resetEvents,
  enrolmentStarted: defineEvent({
    type: 'enrolment.started',
    version: 2,
    owner: 'factor-enrollment',
    stream: 'factors-{personId}',
    label: 'Set-up of a factor started',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({
      enrolmentId: idSchema,
      credentialId: idSchema,
      type: factorTypeSchema,
      name: z.string(),
      hint: z.string(),
      expiresAt: instantSchema,
      /** The session or unfinished sign-in that alone may confirm it; null where that was not written down yet. */
      authority: authoritySchema.nullable(),
    }),
    // Version 1 was the same without it, and was checked when it was written.
    upcasters: [(data) => ({ ...(data as object), authority: null })],
  }),
  enrolmentCodeSentAgain: defineEvent({
    type: 'enrolment.code-sent-again',
    version: 1,
    owner: 'factor-enrollment',
    stream: 'factors-{personId}',
    label: 'Code of a set-up sent again',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({ enrolmentId: idSchema, credentialId: idSchema, type: factorTypeSchema }),
    upcasters: [],
  }),
  enrolmentRefused: defineEvent({
    type: 'enrolment.refused',
    version: 2,
    owner: 'factor-enrollment',
    stream: 'factors-{personId}',
    label: 'Set-up of a factor refused',
    audience: 'audit',
    outcome: 'refused',
    schema: z.strictObject({
      enrolmentId: idSchema,
      credentialId: idSchema,
      type: factorTypeSchema,
      /** `taken`: somebody, perhaps this person, has set up the same already, and only one may. */
      reason: z.enum(['wrong', 'expired', 'too-many-attempts', 'taken']),
    }),
    // Version 1 had no fact of what was taken.
    upcasters: [(data) => data],
  }),
  factorHeldBySeveral: defineEvent({
    type: 'factor.held-by-several',
    version: 1,
    owner: 'factor-enrollment',
    stream: 'factors-{personId}',
    label: 'Several people use the same number or passkey',
    audience: 'audit',
    outcome: 'success',
    schema: z.strictObject({
      credentialId: idSchema,
      type: factorTypeSchema,
      /** Who else has set up the same. */
      personIds: z.array(idSchema).min(1),
    }),
    upcasters: [],
  }),
  factorEnrolled: defineEvent({
    type: 'factor.enrolled',
    version: 2,
    owner: 'factor-enrollment',
    stream: 'factors-{personId}',
    label: 'Factor added',
    audience: 'audit-and-person',
    outcome: 'success',
    schema: z.strictObject({
      enrolmentId: idSchema,
      credentialId: idSchema,
      type: factorTypeSchema,
      name: z.string(),
      hint: z.string(),
      role: factorRoleSchema.nullable(),
      /** What the confirming answer matched, for factors that never accept it again (the TOTP step); else null. */
      acceptedStep: z.int().nullable(),
      /** The session or unfinished sign-in in whose name it was set up; null where that was not written down yet. */
      authority: authoritySchema.nullable(),
    }),
    // Version 1 was the same without it, and was checked when it was written.
    upcasters: [(data) => ({ ...(data as object), authority: null })],
  }),
  factorRevoked: defineEvent({
    type: 'factor.revoked',
    version: 2,
    owner: 'factor-enrollment',
    stream: 'factors-{personId}',
    label: 'Factor removed',
    audience: 'audit-and-person',
    outcome: 'success',
    schema: z.strictObject({
      credentialId: idSchema,
      type: factorTypeSchema,
      name: z.string(),
      hint: z.string(),
      reason: z.enum(['removed-by-person', 'replaced', 'last-factor-removed', 'reset']),
    }),
    // Version 1 knew no resets.
    upcasters: [(data) => data],
  }),
  factorRolesChanged: defineEvent({
    type: 'factor.roles-changed',
    version: 2,
    owner: 'factor-enrollment',
    stream: 'factors-{personId}',
    label: 'Default or secondary method changed',
    audience: 'audit-and-person',
    outcome: 'success',
    schema: z.strictObject({
      default: idSchema,
      secondary: idSchema.nullable(),
      /** What they are, in words for the person; null where that was not written down yet. */
      methods: z.strictObject({ default: methodSchema, secondary: methodSchema.nullable() }).nullable(),
      /** Whether the person chose them, or they follow from a factor that was added or removed. */
      chosen: z.boolean(),
    }),
    // Version 1 named the credentials alone, whatever the cause.
    upcasters: [(data) => ({ ...(data as object), methods: null, chosen: true })],
  }),
  factorChangesFrozen: defineEvent({
    type: 'factor-changes.frozen',
    version: 1,
    owner: 'factor-enrollment',
    stream: 'factors-{personId}',
    label: 'Changes of factors frozen: the person reported one as not theirs',
    audience: 'audit-and-person',
    outcome: 'success',
    schema: z.strictObject({
      personId: idSchema,
      until: instantSchema,
      /** The message whose link was used, and the fact that it told of. */
      messageId: idSchema,
      factId: idSchema,
    }),
    upcasters: [],
  }),
  recoveryCodesIssued: defineEvent({
    type: 'recovery-codes.issued',
    version: 1,
    owner: 'factor-enrollment',
    stream: 'factors-{personId}',
    label: 'Recovery codes issued',
    audience: 'audit-and-person',
    outcome: 'success',
    schema: z.strictObject({ credentialId: idSchema, count: z.int().min(1), replaced: idSchema.nullable() }),
    upcasters: [],
  }),
} as const;
export type FactorEnrollmentEvent = EventOf<typeof factorEnrollmentEvents>;
