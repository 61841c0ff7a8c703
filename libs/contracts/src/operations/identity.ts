import { z } from 'zod';
import { envelopeSchema, idSchema, instantSchema } from '../fact';
import { assuranceSchema, factorTypeSchema } from '../factor-types';
import { nextSchema } from '../next';
import { installationRoleSchema, organisationRoleSchema } from '../roles';
import { writtenPolicySchema } from '../policy';
import { presetSchema } from '../presets';
import { authoritySchema, permissionSchema } from '../statements';
import { defineOperations } from './operation';
import { sharedAccountOperations } from './shared-accounts';
import { peopleOperations, personSummarySchema } from './people';
import { supportOperations } from './support';

const positions = z.array(z.string());
const token = z.string();

export const sessionViewSchema = z.object({
  sessionId: z.string(),
  personId: z.string(),
  organisations: z.array(
    z.object({ organisationId: z.string(), name: z.string(), roles: z.array(organisationRoleSchema) }),
  ),
  /** What the person is to the installation itself. */
  installationRoles: z.array(installationRoleSchema).default([]),
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

export const resetSummarySchema = z.object({
  resetId: z.string(),
  person: personSummarySchema.pick({ personId: true, name: true, emailHint: true }),
  requestedBy: z.object({
    kind: z.enum(['the-person', 'administrator', 'support']),
    personId: z.string(),
    name: z.string(),
  }),
  /** What the asker wrote; null for one's own. */
  explanation: z.string().nullable(),
  requestedAt: instantSchema,
  expiresAt: instantSchema,
  /** Whether the reader may decide on it: neither asked for it nor is concerned. */
  mayDecide: z.boolean(),
});
export const installationViewSchema = z.object({
  registration: z.enum(['open', 'operator']),
  organisations: z.enum(['none', 'some']),
  /** What a new practice can start from, and how long its manager's password must be at least. */
  presets: z.array(z.object({ preset: presetSchema, shortestPassword: z.int() })),
});

/** A practice as the operator of the installation sees it. */
export const organisationSummarySchema = z.object({
  organisationId: z.string(),
  name: z.string(),
  /** Whether its rules require two-factor authentication. */
  enforced: z.boolean(),
  /** How many people belong to it, in whatever role. */
  people: z.int(),
});

export type OrganisationSummary = z.infer<typeof organisationSummarySchema>;

/** What rules reach, and what holds them back (PRODUCT BX9). */
const reachedSchema = z.object({
  standard: z.string(),
  label: z.string(),
  reached: z.boolean(),
  heldBackBy: z.array(
    z.object({
      /** The setting that would change it; null where none does. */
      setting: z.string().nullable(),
      sentence: z.string(),
      clause: z.string(),
    }),
  ),
});

export const policyViewSchema = z.object({
  organisationId: z.string(),
  /** To be sent back with a change. */
  version: z.int().min(1),
  policy: writtenPolicySchema,
  /** Null where nobody changed the rules with which the practice was created. */
  changed: z.object({ at: instantSchema, by: z.object({ personId: z.string(), name: z.string() }) }).nullable(),
  /** What each setting is called and does, in the order in which pages show them. */
  settings: z.array(
    z.object({ setting: z.string(), label: z.string(), sentence: z.string(), clause: z.string().nullable() }),
  ),
  assurance: z.array(reachedSchema),
});

/** Which people of a forecast are listed; `affected` are all to whom anything happens. */
export const forecastListSchema = z.enum(['affected', 'set-up', 'loses-method', 'locked-out']);
export type ForecastList = z.infer<typeof forecastListSchema>;

export const forecastViewSchema = z.object({
  /** That of the rules as they stand. */
  version: z.int().min(1),
  counts: z.object({
    people: z.int(),
    /** Asked to set something up at their next sign-in. */
    setUp: z.int(),
    /** Without a method that signs them in today. */
    losesMethod: z.int(),
    /** Not able to sign in any more. */
    lockedOut: z.int(),
  }),
  people: z.array(
    z.object({
      personId: z.string(),
      name: z.string(),
      emailHint: z.string(),
      setUp: z.boolean(),
      loses: z.array(factorTypeSchema),
      lockedOut: z.boolean(),
    }),
  ),
  next: z.string().nullable(),
  /** That of the rules asked about. */
  assurance: z.array(reachedSchema).default([]),
});

export const identityOperations = defineOperations('identity', {
  ...supportOperations,
  readInstallation: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({}),
    reply: installationViewSchema,
  },
  /** The practices of the installation, for its operator. */
  listOrganisations: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({
      token,
      /** The practice with which the page before ended. */
      after: idSchema.nullable(),
      limit: z.int().min(1).max(500),
    }),
    reply: z.object({ organisations: z.array(organisationSummarySchema), next: z.string().nullable() }),
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
    reply: z.object({
      token: token.nullable(),
      next: nextSchema,
      /** Statement by which a used single recovery code is replaced (PRODUCT HE4); null where there is nothing to. */
      replacement: z.string().nullable().default(null),
      positions,
    }),
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
  /** The same for resets: whether the caller may ask for this one, under the rules of the person concerned. */
  authoriseReset: {
    callers: ['gateway'],
    // A wrong password is recorded each time.
    repeat: 'never',
    request: z.object({
      token,
      /** A member of that practice; null for the caller. */
      member: z.object({ organisationId: idSchema, personId: idSchema }).nullable(),
      password: z.string().nullable(),
    }),
    reply: z.object({ statement: z.string() }),
  },
  /** Whether the caller may decide on a reset that waits: as an administrator of a practice that asks for approval. */
  authoriseResetDecision: {
    callers: ['gateway'],
    // A wrong password is recorded each time.
    repeat: 'never',
    request: z.object({
      token,
      resetId: idSchema,
      organisationId: idSchema.nullable(),
      password: z.string().nullable(),
    }),
    reply: z.object({ statement: z.string() }),
  },
  /** The resets that wait for the administrators of a practice; or (null) those that support asked for. */
  listResets: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ token, organisationId: idSchema.nullable() }),
    reply: z.object({ resets: z.array(resetSummarySchema) }),
  },
  /** Ends what a person had opened by then, sessions and sign-ins under way: for a reset, or a report of theirs. */
  endSessionsByReset: {
    callers: ['factor-enrollment'],
    repeat: 'always',
    request: z.object({
      personId: idSchema,
      openedBy: instantSchema,
      envelope: envelopeSchema,
      reason: z.enum(['factors-reset', 'reported-as-not-mine']).default('factors-reset'),
    }),
    reply: z.object({}),
  },
  /** The people whom enforced rules of a practice cover, page by page in a stable order. */
  listPeopleToTell: {
    callers: ['notification'],
    repeat: 'always',
    request: z.object({ organisationId: idSchema, after: idSchema.nullable(), limit: z.int().min(1).max(500) }),
    reply: z.object({
      /** The name of the practice. */
      organisation: z.string(),
      personIds: z.array(z.string()),
      /** Where the next page begins; null behind the last. */
      next: z.string().nullable(),
    }),
  },
  /** The name of a practice, for telling someone what they are there now. */
  readPracticeName: {
    callers: ['notification'],
    repeat: 'always',
    request: z.object({ organisationId: idSchema }),
    reply: z.object({ organisation: z.string() }),
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
  readPolicy: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({ token, organisationId: idSchema }),
    reply: policyViewSchema,
  },
  changePolicy: {
    callers: ['gateway'],
    // The same rules again are no change.
    repeat: 'always',
    request: z.object({
      token,
      organisationId: idSchema,
      version: z.int().min(1),
      policy: writtenPolicySchema,
      /** People who may be left without a way in. */
      acceptLockOut: z.array(idSchema),
    }),
    reply: z.object({ version: z.int().min(1), positions }),
  },
  /** What these rules would do to the people of the practice. */
  forecastPolicy: {
    callers: ['gateway'],
    repeat: 'always',
    request: z.object({
      token,
      organisationId: idSchema,
      policy: writtenPolicySchema,
      list: forecastListSchema,
      /** The person with whom the page before ended. */
      after: idSchema.nullable(),
      limit: z.int().min(1).max(500),
    }),
    reply: forecastViewSchema,
  },
  /** A second factor for one person, whatever their practices ask (PRODUCT HE3). */
  requireSecondFactorOf: {
    callers: ['gateway'],
    // To switch on what is on is no change.
    repeat: 'always',
    request: z.object({ token, personId: idSchema, required: z.boolean() }),
    reply: z.object({ positions }),
  },
  ...peopleOperations,
  ...sharedAccountOperations,
});
