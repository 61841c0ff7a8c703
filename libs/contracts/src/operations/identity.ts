import { z } from 'zod';
import { organisationRoleSchema } from '../events/identity';
import { idSchema, instantSchema } from '../fact';
import { assuranceSchema } from '../factor-types';
import { nextSchema } from '../next';
import { presetSchema } from '../presets';
import { authoritySchema, permissionSchema } from '../statements';
import { defineOperations } from './operation';

const positions = z.array(z.string());
const token = z.string();

export const sessionViewSchema = z.object({
  sessionId: z.string(),
  personId: z.string(),
  organisations: z.array(
    z.object({ organisationId: z.string(), name: z.string(), roles: z.array(organisationRoleSchema) }),
  ),
  assurance: assuranceSchema,
  expiresAt: instantSchema,
  idleExpiresAt: instantSchema,
});

export const sessionSummarySchema = z.object({
  sessionId: z.string(),
  current: z.boolean(),
  startedAt: instantSchema,
  lastSeenAt: instantSchema,
  level: assuranceSchema.shape.level,
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
});

export const personSummarySchema = z.object({
  personId: z.string(),
  name: z.string(),
  emailHint: z.string(),
  roles: z.array(organisationRoleSchema),
});

export const installationViewSchema = z.object({
  registration: z.enum(['open', 'operator']),
  organisations: z.enum(['none', 'some']),
  /** What a new practice can start from, and how long its manager's password must be at least. */
  presets: z.array(z.object({ preset: presetSchema, shortestPassword: z.int() })),
});

export const identityOperations = defineOperations('identity', {
  readInstallation: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({}),
    reply: installationViewSchema,
  },
  createOrganisation: {
    callers: ['gateway'],
    // A second one would find its own email taken.
    repeat: 'with-key',
    request: z.object({
      /** Of the operator, where the installation asks for one. */
      token: token.nullable().default(null),
      name: z.string(),
      preset: presetSchema,
      manager: z.object({ name: z.string(), email: z.string(), password: z.string() }),
    }),
    reply: z.object({ organisationId: z.string(), personId: z.string(), positions }),
  },
  startSignIn: {
    callers: ['gateway'],
    // A wrong password would count twice.
    repeat: 'with-key',
    request: z.object({ email: z.string(), password: z.string() }),
    reply: z.object({ signInId: z.string(), token, next: nextSchema, positions }),
  },
  readSignIn: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ token, signInId: z.string() }),
    reply: z.object({ signInId: z.string(), next: nextSchema }),
  },
  /** Takes a proof of challenge or factor-enrollment: finishes a sign-in, or raises a session. */
  acceptProof: {
    callers: ['gateway'],
    // The stream remembers the proof (DESIGN §6.4).
    repeat: 'always',
    request: z.object({ token, proof: z.string() }),
    reply: z.object({ token: token.nullable(), next: nextSchema, positions }),
  },
  /** The door to the other services: checks the token, what it may do, and the password where one came. */
  authorise: {
    callers: ['gateway'],
    // A wrong password and a refused change are recorded each time.
    repeat: 'never',
    request: z.object({
      token,
      permission: permissionSchema,
      signInId: idSchema.nullable(),
      organisationId: idSchema.nullable(),
      password: z.string().nullable(),
    }),
    reply: z.object({
      statement: z.string(),
      personId: z.string(),
      authority: authoritySchema,
      /** The login address, for the label in an authenticator app; only with `enrol-factor`. */
      accountLabel: z.string().nullable(),
    }),
  },
  readSession: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ token }),
    reply: sessionViewSchema,
  },
  listSessions: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ token }),
    reply: z.object({ sessions: z.array(sessionSummarySchema) }),
  },
  endSession: {
    callers: ['gateway'],
    // A session ends once; then its token is nobody's.
    repeat: 'always',
    /** `sessionId` null ends the caller's own; an unfinished sign-in's token can be ended the same way. */
    request: z.object({ token, sessionId: idSchema.nullable() }),
    reply: z.object({ positions }),
  },
  readMe: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ token }),
    reply: z.object({ personId: z.string(), name: z.string(), email: z.string() }),
  },
  listPeople: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ token, organisationId: idSchema }),
    reply: z.object({ people: z.array(personSummarySchema) }),
  },
});
