import {
  presets,
  type Assurance,
  type FactorEnrollmentEvent,
  type OrganisationPolicy,
  type Policy,
} from '@cofactor/contracts';
import type { ConfirmEnrolment, StartEnrolment } from './enrolments';
import type { RevokeFactor } from './factor-set.decider';

/** When the histories of these examples happened. */
export const start = '2026-03-01T09:30:00.000Z';
export const after = (seconds: number): string => new Date(Date.parse(start) + seconds * 1000).toISOString();

export const aPolicy = (differing: Partial<Policy> = {}, organisationId = 'practice-1'): OrganisationPolicy => ({
  organisationId,
  version: 1,
  policy: { ...presets.healthcode, secondaryRequired: false, ...differing },
});

export const byPassword: Assurance = { level: 'aal1', amr: ['pwd'], authenticatedAt: start };
export const byTwoFactors: Assurance = { level: 'aal2', amr: ['pwd', 'otp', 'mfa'], authenticatedAt: start };

export const inSession = { kind: 'session', id: 'session-1' } as const;

const appName = 'Authenticator app';
const of = (credentialId: string) => ({ enrolmentId: `enrolment-${credentialId}`, credentialId });

type Type = 'totp' | 'sms' | 'email';

export const started = (credentialId = 'app', type: Type = 'totp', name = appName): FactorEnrollmentEvent => ({
  type: 'enrolment.started',
  data: { ...of(credentialId), type, name, hint: name, expiresAt: after(900), authority: inSession },
});

export const refused = (
  reason: 'wrong' | 'expired' | 'too-many-attempts' | 'taken' = 'wrong',
  credentialId = 'app',
): FactorEnrollmentEvent => ({ type: 'enrolment.refused', data: { ...of(credentialId), type: 'totp', reason } });

export const enrolled = (
  credentialId = 'app',
  role: 'default' | 'secondary' | null = 'default',
  type: Type = 'totp',
  name = appName,
): FactorEnrollmentEvent => ({
  type: 'factor.enrolled',
  data: { ...of(credentialId), type, name, hint: name, role, acceptedStep: 59_000_000, authority: inSession },
});

export const revoked = (credentialId = 'app', type: Type = 'totp', name = appName): FactorEnrollmentEvent => ({
  type: 'factor.revoked',
  data: { credentialId, type, name, hint: name, reason: 'removed-by-person' },
});

export const codesIssued = (credentialId = 'codes', replaced: string | null = null): FactorEnrollmentEvent => ({
  type: 'recovery-codes.issued',
  data: { credentialId, count: 10, replaced },
});

export const codesRevoked = (credentialId = 'codes'): FactorEnrollmentEvent => ({
  type: 'factor.revoked',
  data: {
    credentialId,
    type: 'recovery-code',
    name: 'Recovery codes',
    hint: 'Recovery codes',
    reason: 'last-factor-removed',
  },
});

const methods = {
  app: { type: 'totp', name: appName },
  second: { type: 'totp', name: appName },
  phone: { type: 'sms', name: 'Phone' },
  mailbox: { type: 'email', name: 'Email' },
} as const;

/** Chosen by the person, or else following from a factor that was added or removed. */
export const rolesChanged = (
  first: keyof typeof methods,
  second: keyof typeof methods | null,
  chosen = false,
): FactorEnrollmentEvent => ({
  type: 'factor.roles-changed',
  data: {
    default: first,
    secondary: second,
    methods: { default: methods[first], secondary: second && methods[second] },
    chosen,
  },
});

/** A right code for the set-up of the app, in time, unless told otherwise. */
export const aConfirmation = (differing: Partial<ConfirmEnrolment> = {}): ConfirmEnrolment => ({
  kind: 'confirm-enrolment',
  enrolmentId: 'enrolment-app',
  type: 'totp',
  atMost: null,
  now: after(60),
  evidence: 59_000_000,
  shownName: null,
  alsoHeldBy: [],
  recoveryCodes: { credentialId: 'codes', count: 10 },
  assurance: byPassword,
  policies: [aPolicy()],
  authority: inSession,
  ...differing,
});

/** A first app, asked for with a password, unless told otherwise. */
export const starting = (differing: Partial<StartEnrolment> = {}): StartEnrolment => ({
  kind: 'start-enrolment',
  enrolmentId: 'enrolment-app',
  credentialId: 'app',
  type: 'totp',
  name: 'Authenticator app',
  hint: 'Authenticator app',
  atMost: null,
  now: start,
  expiresAt: after(900),
  assurance: byPassword,
  authority: inSession,
  ...differing,
});

/** Asked for with two factors, under a policy that does not enforce them, unless told otherwise. */
export const revoking = (credentialId: string, differing: Partial<RevokeFactor> = {}): RevokeFactor => ({
  kind: 'revoke-factor',
  now: start,
  credentialId,
  policies: [aPolicy()],
  assurance: byTwoFactors,
  ...differing,
});
