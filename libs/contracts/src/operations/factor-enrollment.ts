import { z } from 'zod';
import { instantSchema } from '../fact';
import { factorTypeSchema, factorRoleSchema, missingSchema } from '../factor-types';
import { defineOperations } from './operation';

const positions = z.array(z.string());
const statement = z.string();

export const enrolledFactorSchema = z.strictObject({
  credentialId: z.string(),
  type: factorTypeSchema,
  name: z.string(),
  hint: z.string(),
  role: factorRoleSchema.nullable(),
  addedAt: instantSchema,
});

export const factorEnrollmentOperations = defineOperations('factor-enrollment', {
  /** Identity asks this at each of its decisions; no answer is a 503, never a guess. */
  factorsOf: {
    request: z.strictObject({ personId: z.string() }),
    reply: z.strictObject({
      factors: z.array(enrolledFactorSchema),
      /** The active set of recovery codes, or null. */
      recoveryCodes: z.strictObject({ credentialId: z.string(), count: z.int() }).nullable(),
      /** Whether a first factor alone may bind a new one: never had one, or removed the last one oneself. */
      setUpOpen: z.boolean(),
    }),
  },
  readFactors: {
    request: z.strictObject({ statement }),
    reply: z.strictObject({
      factors: z.array(enrolledFactorSchema),
      recoveryCodes: z.strictObject({ credentialId: z.string(), count: z.int() }).nullable(),
      setUp: z.strictObject({ complete: z.boolean(), missing: z.array(missingSchema) }),
      /** Types that the policy allows and that are built, in the order of the registry. */
      allowed: z.array(factorTypeSchema),
    }),
  },
  startEnrolment: {
    request: z.strictObject({
      statement,
      type: factorTypeSchema,
      accountLabel: z.string(),
      /** The factor type's own fields; parsed by the factor. */
      fields: z.record(z.string(), z.unknown()),
    }),
    reply: z.strictObject({
      enrolmentId: z.string(),
      expiresAt: instantSchema,
      /** What the factor type shows once, such as secret and uri. */
      details: z.record(z.string(), z.unknown()),
      positions,
    }),
  },
  confirmEnrolment: {
    request: z.strictObject({
      statement,
      type: factorTypeSchema,
      enrolmentId: z.string(),
      answer: z.record(z.string(), z.unknown()),
    }),
    reply: z.strictObject({
      credentialId: z.string(),
      recoveryCodes: z.array(z.string()).nullable(),
      proof: z.string(),
      positions,
    }),
  },
  revokeFactor: {
    request: z.strictObject({ statement, credentialId: z.string() }),
    reply: z.strictObject({ positions }),
  },
  changeRoles: {
    request: z.strictObject({ statement, default: z.string(), secondary: z.string().nullable() }),
    reply: z.strictObject({ positions }),
  },
  issueRecoveryCodes: {
    request: z.strictObject({ statement }),
    reply: z.strictObject({ recoveryCodes: z.array(z.string()), positions }),
  },
});
