import { z } from 'zod';
import { instantSchema } from '../fact';
import { factorRoleSchema, factorTypeSchema, missingSchema } from '../factor-types';
import { lineOfText } from '../line-of-text';
import { nextSchema } from '../next';
import { auditRecordSchema } from '../operations/audit';
import {
  forecastListSchema,
  forecastViewSchema,
  installationViewSchema,
  personSummarySchema,
  policyViewSchema,
  sessionSummarySchema,
  sessionViewSchema,
} from '../operations/identity';
import { deliverySchema } from '../operations/notification';
import { policySchema } from '../policy';
import { presetSchema } from '../presets';
import type { ProblemCode } from '../problems';
import type { Endpoint } from './endpoint';

const email = z
  .string()
  .transform((text) => text.normalize('NFC').trim())
  .pipe(z.email('Enter an email address such as name@practice.example.').max(254, 'Use at most 254 characters.'));
/** Never trimmed: spaces belong to a password. NFC, so that every keyboard types the same one (R25). */
const password = z
  .string()
  .min(1, 'Enter a password.')
  .max(1024, 'Use at most 256 characters.')
  .transform((text) => text.normalize('NFC'));
const code = z.string().min(1, 'Enter the code.').max(128, 'That is too long for a code.');
/** What a browser gives from its authenticator; parsed by the factor. */
const fromBrowser = z.looseObject({});
/** One answer, as the type of the factor has it. */
const exactlyOne = (answer: object): boolean => Object.keys(answer).length === 1;
const noCode = { error: 'Enter the code.', path: ['code'] };
/** What stands in a request as an id; NUL and its like would be refused by PostgreSQL, not by us. */
const id = z.string().regex(/^[\w-]{1,40}$/, 'Use an id as an earlier reply gave it.');
const token = z.string().optional();

const replyNext = { next: nextSchema };
const answerReply = z.strictObject({
  signInId: z.string(),
  token,
  recoveryCodes: z.array(z.string()).optional(),
  ...replyNext,
});

/** Keeps each entry's own type while checking it against Endpoint. */
const endpoint = <const E extends Omit<Endpoint, 'problems'> & { problems: readonly ProblemCode[] }>(entry: E): E =>
  entry;

export const publicApi = {
  readInstallation: endpoint({
    id: 'readInstallation',
    method: 'GET',
    path: '/v1/installation',
    caller: 'anyone',
    summary: 'Whether new practices can be created here, and whether there is one yet',
    query: null,
    body: null,
    status: 200,
    problems: [],
    reply: installationViewSchema,
  }),
  createOrganisation: endpoint({
    id: 'createOrganisation',
    method: 'POST',
    path: '/v1/organisations',
    caller: 'anyone-or-session',
    summary: 'Create a practice with its first manager; where registration is closed, as the operator',
    query: null,
    body: z.strictObject({
      name: lineOfText(120),
      preset: presetSchema,
      manager: z.strictObject({ name: lineOfText(120), email, password }),
    }),
    reply: z.strictObject({ organisationId: z.string(), personId: z.string() }),
    status: 201,
    problems: [
      'email-taken',
      'registration-closed',
      'second-factor-required',
      'set-up-required',
      'password-too-short',
      'password-too-long',
      'password-too-common',
      'busy',
    ],
  }),
  startSignIn: endpoint({
    id: 'startSignIn',
    method: 'POST',
    path: '/v1/sign-ins',
    caller: 'anyone',
    summary: 'Start a sign-in with email and password',
    query: null,
    body: z.strictObject({ email: lineOfText(254), password }),
    reply: z.strictObject({ signInId: z.string(), token, ...replyNext }),
    status: 201,
    problems: ['invalid-credentials', 'too-many-attempts', 'busy'],
  }),
  readSignIn: endpoint({
    id: 'readSignIn',
    method: 'GET',
    path: '/v1/sign-ins/{signInId}',
    caller: 'sign-in',
    summary: 'What this sign-in still needs',
    query: null,
    body: null,
    status: 200,
    problems: [],
    reply: z.strictObject({ signInId: z.string(), ...replyNext }),
  }),
  issueChallenge: endpoint({
    id: 'issueChallenge',
    method: 'POST',
    path: '/v1/sign-ins/{signInId}/challenges',
    caller: 'sign-in',
    summary: 'Ask for a challenge of one method, or for the same one again',
    query: null,
    body: z.strictObject({ credentialId: id, challengeId: id.optional() }),
    // Beside what stands here: what the factor type asks for, such as `publicKey`.
    reply: z.looseObject({
      challengeId: z.string(),
      type: factorTypeSchema,
      hint: z.string(),
      expiresAt: instantSchema,
      resendAt: instantSchema,
      delivery: deliverySchema.optional(),
    }),
    status: 201,
    problems: [
      'credential-disabled',
      'too-early-to-resend',
      'too-many-attempts',
      'code-expired',
      'code-not-sent',
      'too-many-codes',
    ],
  }),
  answerChallenge: endpoint({
    id: 'answerChallenge',
    method: 'POST',
    path: '/v1/sign-ins/{signInId}/challenges/{challengeId}/answer',
    caller: 'sign-in',
    summary: 'Answer a challenge',
    query: null,
    body: z.strictObject({ code: code.optional(), assertion: fromBrowser.optional() }).refine(exactlyOne, noCode),
    reply: answerReply,
    status: 200,
    problems: [
      'code-wrong',
      'code-already-used',
      'authenticator-copied',
      'code-expired',
      'too-many-attempts',
      'credential-disabled',
    ],
  }),
  readSession: endpoint({
    id: 'readSession',
    method: 'GET',
    path: '/v1/session',
    caller: 'session',
    summary: 'Who is signed in, how strongly, and until when',
    query: null,
    body: null,
    status: 200,
    problems: [],
    reply: sessionViewSchema,
  }),
  endSession: endpoint({
    id: 'endSession',
    method: 'DELETE',
    path: '/v1/session',
    caller: 'sign-in',
    summary: 'Sign out; the token is dead at once',
    query: null,
    body: null,
    reply: null,
    status: 204,
    problems: [],
  }),
  readMe: endpoint({
    id: 'readMe',
    method: 'GET',
    path: '/v1/me',
    caller: 'session',
    summary: 'The name and login address of the signed-in person',
    query: null,
    body: null,
    status: 200,
    problems: [],
    reply: z.strictObject({ personId: z.string(), name: z.string(), email: z.string() }),
  }),
  listSessions: endpoint({
    id: 'listSessions',
    method: 'GET',
    path: '/v1/me/sessions',
    caller: 'session',
    summary: 'Where the signed-in person is signed in',
    query: null,
    body: null,
    status: 200,
    problems: [],
    reply: z.strictObject({ sessions: z.array(sessionSummarySchema) }),
  }),
  endOwnSession: endpoint({
    id: 'endOwnSession',
    method: 'DELETE',
    path: '/v1/me/sessions/{sessionId}',
    caller: 'session',
    summary: 'End one of the own sessions',
    query: null,
    body: null,
    reply: null,
    status: 204,
    problems: ['second-factor-required'],
  }),
  listFactors: endpoint({
    id: 'listFactors',
    method: 'GET',
    path: '/v1/me/factors',
    caller: 'sign-in',
    summary: 'The own factors, the recovery codes left, and whether the set-up is complete',
    query: null,
    body: null,
    status: 200,
    problems: [],
    reply: z.strictObject({
      factors: z.array(
        z.strictObject({
          credentialId: z.string(),
          type: factorTypeSchema,
          name: z.string(),
          hint: z.string(),
          role: factorRoleSchema.nullable(),
          status: z.enum(['active', 'disabled']),
          addedAt: instantSchema,
          lastUsedAt: instantSchema.nullable(),
        }),
      ),
      recoveryCodes: z.strictObject({ remaining: z.int() }),
      setUp: z.strictObject({ complete: z.boolean(), missing: z.array(missingSchema) }),
      allowed: z.array(factorTypeSchema),
    }),
  }),
  startEnrolment: endpoint({
    id: 'startEnrolment',
    method: 'POST',
    path: '/v1/me/factors/{type}/enrolments',
    caller: 'sign-in',
    summary: 'Start to set up a factor',
    query: null,
    // Beside the password: the fields of the factor type, parsed by the factor itself.
    body: z.looseObject({ password: password.optional() }),
    reply: z.looseObject({
      enrolmentId: z.string(),
      hint: z.string(),
      expiresAt: instantSchema,
      resendAt: instantSchema.optional(),
      delivery: deliverySchema.optional(),
    }),
    status: 201,
    problems: [
      'factor-not-allowed',
      'password-required',
      'invalid-credentials',
      'too-many-set-ups',
      'too-many-factors',
      'code-not-sent',
      'too-many-codes',
    ],
  }),
  resendEnrolmentCode: endpoint({
    id: 'resendEnrolmentCode',
    method: 'POST',
    path: '/v1/me/factors/{type}/enrolments/{enrolmentId}/code',
    caller: 'sign-in',
    summary: 'Send the code of a set-up again',
    query: null,
    body: null,
    reply: z.strictObject({ resendAt: instantSchema, delivery: deliverySchema }),
    status: 201,
    problems: ['too-early-to-resend', 'code-expired', 'enrolment-closed', 'code-not-sent', 'too-many-codes'],
  }),
  confirmEnrolment: endpoint({
    id: 'confirmEnrolment',
    method: 'POST',
    path: '/v1/me/factors/{type}/enrolments/{enrolmentId}/confirmation',
    caller: 'sign-in',
    summary: 'Confirm a factor with its first code, or with what the browser made',
    query: null,
    body: z.strictObject({ code: code.optional(), attestation: fromBrowser.optional() }).refine(exactlyOne, noCode),
    reply: z.strictObject({
      credentialId: z.string(),
      recoveryCodes: z.array(z.string()).optional(),
      next: nextSchema.optional(),
      token,
    }),
    status: 201,
    problems: [
      'code-wrong',
      'code-expired',
      'too-many-attempts',
      'enrolment-closed',
      'too-many-factors',
      'credential-taken',
    ],
  }),
  changeRoles: endpoint({
    id: 'changeRoles',
    method: 'PUT',
    path: '/v1/me/factors/roles',
    caller: 'sign-in',
    summary: 'Choose the default and the secondary method',
    query: null,
    body: z.strictObject({ default: id, secondary: id.nullable() }),
    reply: z.strictObject({ default: z.string(), secondary: z.string().nullable() }),
    status: 200,
    problems: ['roles-not-possible'],
  }),
  revokeFactor: endpoint({
    id: 'revokeFactor',
    method: 'DELETE',
    path: '/v1/me/factors/{credentialId}',
    caller: 'session',
    summary: 'Remove a factor',
    query: null,
    body: z.strictObject({ password: password.optional() }).optional(),
    reply: null,
    status: 204,
    problems: ['password-required', 'invalid-credentials', 'policy-needs-factor', 'second-factor-required'],
  }),
  issueRecoveryCodes: endpoint({
    id: 'issueRecoveryCodes',
    method: 'POST',
    path: '/v1/me/recovery-codes',
    caller: 'session',
    summary: 'Get new recovery codes; the old ones are dead',
    query: null,
    body: z.strictObject({ password }),
    reply: z.strictObject({ recoveryCodes: z.array(z.string()) }),
    status: 201,
    problems: ['invalid-credentials', 'second-factor-required', 'factor-not-allowed'],
  }),
  listPresets: endpoint({
    id: 'listPresets',
    method: 'GET',
    path: '/v1/presets',
    caller: 'anyone',
    summary: 'The presets from which a practice starts, as rules that can be sent back',
    query: null,
    body: null,
    status: 200,
    problems: [],
    reply: z.strictObject({ presets: z.array(z.strictObject({ preset: presetSchema, policy: policySchema })) }),
  }),
  readPolicy: endpoint({
    id: 'readPolicy',
    method: 'GET',
    path: '/v1/organisations/{organisationId}/policy',
    caller: 'session',
    summary: 'The sign-in rules of a practice, what each setting does, and which standards they reach',
    query: null,
    body: null,
    status: 200,
    problems: ['not-allowed'],
    reply: z.strictObject({ ...policyViewSchema.shape, policy: policySchema }),
  }),
  changePolicy: endpoint({
    id: 'changePolicy',
    method: 'PUT',
    path: '/v1/organisations/{organisationId}/policy',
    caller: 'session',
    summary: 'Change the sign-in rules, at the version that was read',
    query: null,
    body: z.strictObject({
      version: z.int().min(1),
      policy: policySchema,
      /** The people who may be left without a way in, as a forecast lists them. */
      acceptLockOut: z.array(id).max(500).optional(),
    }),
    status: 200,
    problems: ['not-allowed', 'own-second-factor-first', 'policy-not-possible', 'would-lock-out'],
    reply: z.strictObject({ version: z.int().min(1) }),
  }),
  forecastPolicy: endpoint({
    id: 'forecastPolicy',
    method: 'POST',
    path: '/v1/organisations/{organisationId}/policy/forecast',
    caller: 'session',
    summary: 'What these rules would do to each person, before they are made; nothing is changed',
    query: z.strictObject({
      list: forecastListSchema.default('affected'),
      after: id.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    body: z.strictObject({ policy: policySchema }),
    status: 200,
    problems: ['not-allowed', 'policy-not-possible'],
    reply: forecastViewSchema,
  }),
  requireSecondFactorOf: endpoint({
    id: 'requireSecondFactorOf',
    method: 'PUT',
    path: '/v1/people/{personId}/second-factor',
    caller: 'session',
    summary: 'Ask one person for a second factor whatever their practices do, or no longer; as the operator',
    query: null,
    body: z.strictObject({ required: z.boolean() }),
    reply: null,
    status: 204,
    problems: ['not-allowed'],
  }),
  listPeople: endpoint({
    id: 'listPeople',
    method: 'GET',
    path: '/v1/organisations/{organisationId}/people',
    caller: 'session',
    summary: 'The people of a practice',
    query: null,
    body: null,
    status: 200,
    problems: ['not-allowed', 'second-factor-required'],
    reply: z.strictObject({ people: z.array(personSummarySchema) }),
  }),
  listAuditRecords: endpoint({
    id: 'listAuditRecords',
    method: 'GET',
    path: '/v1/organisations/{organisationId}/audit/records',
    caller: 'session',
    summary: 'What happened in a practice, newest first',
    query: z.strictObject({
      after: z.string().max(200).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      subject: id.optional(),
      type: z
        .string()
        .regex(/^[a-z.-]{1,80}$/, 'Use a type of the event catalogue, such as sign-in.completed.')
        .optional(),
      from: z.iso.datetime({ offset: true }).optional(),
      to: z.iso.datetime({ offset: true }).optional(),
    }),
    body: null,
    status: 200,
    problems: ['not-allowed', 'not-yet-visible', 'second-factor-required'],
    reply: z.strictObject({ records: z.array(auditRecordSchema), next: z.string().nullable() }),
  }),
} as const;

export type PublicApi = typeof publicApi;
