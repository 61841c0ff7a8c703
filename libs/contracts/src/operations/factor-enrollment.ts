import { z } from 'zod';
import { resetReasonSchema } from '../events/resets';
import { idSchema, instantSchema } from '../fact';
import { factorTypeSchema, factorRoleSchema, missingSchema, roleChangeSchema } from '../factor-types';
import { deliverySchema } from './notification';
import { defineOperations } from './operation';

const positions = z.array(z.string());
const statement = z.string();

export const enrolledFactorSchema = z.object({
  credentialId: z.string(),
  type: factorTypeSchema,
  name: z.string(),
  hint: z.string(),
  role: factorRoleSchema.nullable(),
  addedAt: instantSchema,
});

/** Where a reset stands: carried out, or waiting until then for someone who approves it (PRODUCT BX5). */
export const resetViewSchema = z.object({
  resetId: z.string(),
  status: z.enum(['done', 'waiting']),
  expiresAt: instantSchema.nullable().default(null),
});

/** A reset that somebody else has to agree to. */
export const waitingResetSchema = z.object({
  resetId: z.string(),
  personId: z.string(),
  requestedBy: z.string(),
  reason: resetReasonSchema,
  /** What the asker wrote, sealed under the data key of the person concerned. */
  explanation: z.string().nullable(),
  requestedAt: instantSchema,
  expiresAt: instantSchema,
});

export const factorEnrollmentOperations = defineOperations('factor-enrollment', {
  /** Identity asks this at each of its decisions; no answer is a 503, never a guess. */
  factorsOf: {
    callers: ['identity'],
    repeat: 'always',
    request: z.object({ personId: z.string() }),
    reply: z.object({
      factors: z.array(enrolledFactorSchema),
      /** The active set of recovery codes, or null. */
      recoveryCodes: z.object({ credentialId: z.string(), count: z.int() }).nullable(),
      /** Whether a first factor alone may bind a new one: never had one, or removed the last one oneself. */
      setUpOpen: z.boolean(),
    }),
  },
  /** The same of many people at once, as far as a forecast asks; in the order in which they were named. */
  factorsOfMany: {
    callers: ['identity'],
    repeat: 'always',
    request: z.object({ personIds: z.array(z.string()).max(500) }),
    reply: z.object({
      people: z.array(
        z.object({
          personId: z.string(),
          /** Of each active factor. */
          types: z.array(factorTypeSchema),
          recoveryCodes: z.boolean(),
          setUpOpen: z.boolean(),
        }),
      ),
    }),
  },
  readFactors: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ statement }),
    reply: z.object({
      factors: z.array(enrolledFactorSchema),
      recoveryCodes: z.object({ credentialId: z.string(), count: z.int() }).nullable(),
      setUp: z.object({ complete: z.boolean(), missing: z.array(missingSchema) }),
      /** Types that the policy allows and that are built, in the order of the registry. */
      allowed: z.array(factorTypeSchema),
      /** Of these, those that a policy recommends; a release that does not say recommends none. */
      recommended: z.array(factorTypeSchema).default([]),
      /** Countries whose numbers can be set up, the own one first; ISO 3166-1 alpha-2. */
      smsCountries: z.array(z.string()).default([]),
      /** Until when nothing can be changed; null where it can. */
      frozenUntil: instantSchema.nullable().default(null),
      /** A release that does not say offers none. */
      roleChanges: z.array(roleChangeSchema).default([]),
    }),
  },
  startEnrolment: {
    callers: ['gateway'],
    // Each opens a set-up, and there can be few of them.
    repeat: 'with-key',
    request: z.object({
      statement,
      type: factorTypeSchema,
      accountLabel: z.string(),
      /** The factor type's own fields; parsed by the factor. */
      fields: z.record(z.string(), z.unknown()),
    }),
    reply: z.object({
      enrolmentId: z.string(),
      expiresAt: instantSchema,
      /** From when the same code can be sent again; where one was sent. */
      resendAt: instantSchema.optional(),
      delivery: deliverySchema.optional(),
      /** The masked hint, and what the factor type shows once, such as secret and uri. */
      details: z.record(z.string(), z.unknown()),
      positions,
    }),
  },
  /** Sends the code of an open set-up again: the same code, while the set-up is open. */
  resendEnrolmentCode: {
    callers: ['gateway'],
    repeat: 'with-key',
    request: z.object({ statement, type: factorTypeSchema, enrolmentId: z.string() }),
    reply: z.object({ resendAt: instantSchema, delivery: deliverySchema, positions }),
  },
  confirmEnrolment: {
    callers: ['gateway'],
    // A wrong answer would count twice.
    repeat: 'with-key',
    request: z.object({
      statement,
      type: factorTypeSchema,
      enrolmentId: z.string(),
      answer: z.record(z.string(), z.unknown()),
    }),
    reply: z.object({
      credentialId: z.string(),
      recoveryCodes: z.array(z.string()).nullable(),
      proof: z.string(),
      positions,
    }),
  },
  revokeFactor: {
    callers: ['gateway'],
    // A factor is removed once; then it is `not-found`.
    repeat: 'always',
    request: z.object({ statement, credentialId: z.string() }),
    reply: z.object({ positions }),
  },
  changeRoles: {
    callers: ['gateway'],
    // The same roles again are no change.
    repeat: 'always',
    request: z.object({ statement, default: z.string(), secondary: z.string().nullable() }),
    reply: z.object({ positions }),
  },
  /** A new code in the place of the single one that was used; null where that was done already. */
  replaceRecoveryCode: {
    callers: ['gateway'],
    // The used one is replaced once.
    repeat: 'always',
    request: z.object({ statement }),
    reply: z.object({ recoveryCodes: z.array(z.string()).nullable(), positions }),
  },
  /**
   * Ends the sessions of the person, then clears their factors and codes; both have happened when it answers `done`.
   * Where a practice asks for four eyes, it is recorded and answers `waiting`: nothing has ended yet.
   */
  requestReset: {
    callers: ['gateway'],
    // Each clears what was set up in the meantime.
    repeat: 'with-key',
    request: z.object({ statement, explanation: z.string().nullable() }),
    reply: resetViewSchema.extend({ positions }),
  },
  /** Those that wait for the administrators of this practice, or (null) for support; the oldest first. */
  listWaitingResets: {
    callers: ['identity'],
    repeat: 'always',
    request: z.object({ organisationId: idSchema.nullable() }),
    reply: z.object({ resets: z.array(waitingResetSchema) }),
  },
  /** One that waits, or was decided on not long ago; else `not-found`. */
  readWaitingReset: {
    callers: ['identity'],
    repeat: 'always',
    request: z.object({ resetId: idSchema }),
    reply: waitingResetSchema.pick({ resetId: true, personId: true, requestedBy: true, reason: true }),
  },
  /** Approves, which carries it out, or refuses. The same decision again answers the same. */
  decideReset: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ statement, decision: z.enum(['approve', 'refuse']) }),
    reply: z.object({ resetId: z.string(), status: z.enum(['done', 'refused']), positions }),
  },
  /** A person says by the link of a message that a change was not theirs: nothing of theirs is changed for 24 hours. */
  freezeChanges: {
    callers: ['gateway'],
    // A link works once.
    repeat: 'with-key',
    request: z.object({ link: z.string() }),
    reply: z.object({ frozenUntil: instantSchema, positions }),
  },
  issueRecoveryCodes: {
    callers: ['gateway'],
    // Each set replaces the one before.
    repeat: 'with-key',
    request: z.object({ statement }),
    reply: z.object({ recoveryCodes: z.array(z.string()), positions }),
  },
});
