import { z } from 'zod';
import { resetReasonSchema } from './events/resets';
import { idSchema, instantSchema } from './fact';
import { assuranceSchema, factorTypeSchema } from './factor-types';
import { organisationPolicySchema } from './policy';

/** What `authorise` can permit. Each is acted on by one service. */
export const permissionSchema = z.enum([
  'read-factors',
  'enrol-factor',
  'confirm-enrolment',
  'revoke-factor',
  'change-factor-roles',
  'issue-recovery-codes',
  'replace-recovery-code',
  'challenge',
  'read-usage',
  'read-audit',
]);
export type Permission = z.infer<typeof permissionSchema>;

/** The session or unfinished sign-in in whose name something is done. */
export const authoritySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sign-in'), id: idSchema }),
  z.object({ kind: z.literal('session'), id: idSchema }),
]);
export type Authority = z.infer<typeof authoritySchema>;

/**
 * Identity's signed word on who asks and what they may do (JWS, EdDSA, at most 60 s). The service that is asked
 * decides from this, never from copies of its own.
 */
export const statementSchema = z.object({
  /** A reset, and the decision on one that waits, are permitted by operations of their own, with rules of their own. */
  permission: z.enum([...permissionSchema.options, 'reset-factors', 'decide-reset']),
  /** Whose factors, challenge or records it is about. */
  personId: idSchema,
  /** Who asks, where that is someone else: an administrator, or someone of support. */
  actorId: idSchema.optional(),
  authority: authoritySchema,
  /** The policies of the person's organisations, as they stand. */
  policies: z.array(organisationPolicySchema),
  assurance: assuranceSchema.nullable(),
  /** The recovery code set of which one was just used; null for every permission but `replace-recovery-code`. */
  credentialId: idSchema.nullable().default(null),
  /** The reset that is decided on; or the id that one gets, where asking twice must be asking once: a support case. */
  resetId: idSchema.optional(),
  /** Whose request a reset is; where nothing is said, that of the person or of an administrator. */
  resetReason: resetReasonSchema.optional(),
  /**
   * The one organisation whose records may be read, or in whose name a reset is decided on (null: in that of support);
   * null for every other permission.
   */
  organisationId: idSchema.nullable(),
});
export type Statement = z.infer<typeof statementSchema>;

/**
 * A service's signed word that it checked a factor (JWS, EdDSA, at most 60 s). It names the one stream on which it
 * can be used, and that stream remembers it, so it works once.
 */
export const proofSchema = z.object({
  purpose: z.enum(['second-factor', 'factor-set-up']),
  proofId: idSchema,
  personId: idSchema,
  authority: authoritySchema,
  credentialId: idSchema,
  factorType: factorTypeSchema,
  /** Registered values of RFC 8176 that this factor adds. */
  amr: z.array(z.string()),
  at: instantSchema,
});
export type Proof = z.infer<typeof proofSchema>;
