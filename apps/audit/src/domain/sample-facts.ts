import {
  eventDefinition,
  presets,
  type Assurance,
  type EventData,
  type EventType,
  type Fact,
} from '@cofactor/contracts';

const at = '2026-03-01T09:30:00.000Z';
const assurance: Assurance = { level: 'aal2', amr: ['pwd', 'otp', 'mfa'], authenticatedAt: at };
const proof = { proofId: 'proof-1', credentialId: 'credential-1', factorType: 'totp' } as const;
const attempt = { challengeId: 'challenge-1', signInId: 'sign-in-1', credentialId: 'credential-1' } as const;
const credential = { credentialId: 'credential-1', type: 'totp', name: 'Work phone', hint: 'ending 42' } as const;
const supportCase = { caseId: 'case-1', personId: 'sam' } as const;
const reset = { resetId: 'reset-1', personId: 'sam', requestedBy: 'amara' } as const;
const message = { messageId: 'message-1', personId: 'sam', template: 'factor-added', channel: 'email' } as const;

/** For tests: data of every event type that there is; a new type does not compile without. */
export const samples: { readonly [Type in EventType]: EventData<Type> } = {
  'organisation.created': {
    organisationId: 'riverside',
    name: 'Riverside',
    preset: 'healthcode',
    policy: presets.healthcode,
    policyVersion: 1,
  },
  'organisation.policy-changed': {
    organisationId: 'riverside',
    policy: presets.accurx,
    policyVersion: 2,
    changed: ['enforced', 'session.idle'],
  },
  'person.registered': { personId: 'sam', contactId: 'contact-1', emailHint: 's…@riverside.example', name: 'sealed' },
  'person.joined-organisation': { personId: 'sam', organisationId: 'riverside', roles: ['administrator'] },
  'person.roles-changed': { personId: 'sam', organisationId: 'riverside', roles: ['member'] },
  'person.sites-changed': { personId: 'sam', organisationId: 'riverside', siteIds: ['site-1'] },
  'person.left-organisation': { personId: 'sam', organisationId: 'riverside' },
  'organisation.site-added': { organisationId: 'riverside', siteId: 'site-1', name: 'First floor' },
  'organisation.site-renamed': { organisationId: 'riverside', siteId: 'site-1', name: 'Ground floor' },
  'organisation.site-removed': { organisationId: 'riverside', siteId: 'site-1' },
  'first-password.offered': { personId: 'sam', linkId: 'link-1', expiresAt: at },
  'first-password.chosen': { personId: 'sam', linkId: 'link-1' },
  'first-password.withdrawn': { personId: 'sam', linkId: 'link-1' },
  'person.second-factor-requirement-changed': { personId: 'sam', required: true },
  'operator.appointed': { personId: 'sam' },
  'shared-account.suspected': { personId: 'sam', sign: 'phone-number' },
  'shared-account.decided': {
    personId: 'sam',
    organisationId: 'riverside',
    decision: 'shared',
    explanation: 'sealed',
  },
  'support.appointed': { personId: 'kit' },
  'support.dismissed': { personId: 'kit' },
  'support.person-looked-up': { lookUpId: 'look-up-1', personId: 'sam' },
  'support-case.opened': { ...supportCase, openedBy: 'kit' },
  'support-case.step-recorded': { ...supportCase, step: 'call-back', recordedBy: 'kit', note: 'sealed' },
  'support-case.reset-permitted': { ...supportCase, permittedTo: 'kit' },
  'sign-in.started': {
    signInId: 'sign-in-1',
    personId: 'sam',
    method: 'password',
    next: 'second-factor',
    expiresAt: at,
  },
  'sign-in.refused': { personId: null, reason: 'unknown-email' },
  'password-wait.cleared': { personId: 'sam' },
  'sign-in.second-factor-accepted': { signInId: 'sign-in-1', personId: 'sam', proof },
  'sign-in.completed': { signInId: 'sign-in-1', personId: 'sam', sessionId: 'session-1', assurance, proof },
  'sign-in.cancelled': { signInId: 'sign-in-1', personId: 'sam' },
  'session.started': { sessionId: 'session-1', personId: 'sam', assurance, expiresAt: at },
  'session.elevated': { sessionId: 'session-1', personId: 'sam', assurance, proof },
  'session.ended': { sessionId: 'session-1', personId: 'sam', reason: 'signed-out' },
  'factor-change.refused': { personId: 'sam', change: 'enrol-factor', reason: 'second-factor-required' },
  'enrolment.code-sent-again': { enrolmentId: 'enrolment-1', credentialId: 'credential-1', type: 'email' },
  'enrolment.started': { ...credential, enrolmentId: 'enrolment-1', expiresAt: at, authority: null },
  'enrolment.refused': {
    enrolmentId: 'enrolment-1',
    credentialId: 'credential-1',
    type: 'totp',
    reason: 'wrong',
  },
  'factor.enrolled': {
    ...credential,
    enrolmentId: 'enrolment-1',
    role: 'default',
    acceptedStep: 1,
    authority: { kind: 'session', id: 'session-1' },
  },
  'factor.held-by-several': { credentialId: 'credential-1', type: 'sms', personIds: ['amara'] },
  'factor.revoked': { ...credential, reason: 'removed-by-person' },
  'factor.roles-changed': { default: 'credential-1', secondary: null, methods: null, chosen: true },
  'factor-changes.frozen': { personId: 'sam', until: at, messageId: 'message-1', factId: 'fact-1' },
  'recovery-codes.issued': { credentialId: 'credential-2', count: 10, replaced: null },
  'reset.requested': {
    ...reset,
    reason: 'administrator-request',
    explanation: 'sealed',
    approval: { kind: 'not-needed' },
  },
  'reset.approved': { ...reset, approvedBy: 'lee' },
  'reset.rejected': { ...reset, rejectedBy: 'lee' },
  'reset.expired': reset,
  'reset.done': { ...reset, reason: 'administrator-request', approvedBy: 'lee' },
  'challenge.issued': { ...attempt, factorType: 'totp', personId: 'sam', hint: 'ending 42', expiresAt: at },
  'challenge.passed': {
    ...attempt,
    factorType: 'totp',
    hint: 'ending 42',
    evidence: 7,
    signCount: null,
    amr: [],
    answerFingerprint: 'hash',
  },
  'challenge.refused': { ...attempt, factorType: 'totp', hint: 'ending 42', reason: 'already-used' },
  'credential.disabled': { credentialId: 'credential-1', factorType: 'totp', hint: 'ending 42', failures: 100 },
  'message.requested': {
    ...message,
    about: { factId: 'fact-1', at, by: 'person', change: { kind: 'factor', factorType: 'totp', name: 'Work phone' } },
  },
  'message.sent': { ...message, attempt: 1 },
  'message.failed': { ...message, attempt: 1, reason: 'no-address', final: true, reached: [] },
  'message.refused': { messageId: 'message-1', personId: 'sam', template: 'code', channel: 'sms', ceiling: 'number' },
};

export const sampleTypes = Object.keys(samples) as readonly EventType[];

/** For tests: a fact of Sam's at Riverside. */
export function sampleFact(type: EventType, changes: Partial<Fact> = {}): Fact {
  return {
    id: 'fact-1',
    service: eventDefinition(type)?.owner ?? 'identity',
    position: 1,
    epoch: 1,
    stream: 'person-sam',
    version: 1,
    type,
    schemaVersion: eventDefinition(type)?.version ?? 1,
    at,
    envelope: {
      organisationIds: ['riverside'],
      actor: { kind: 'person', id: 'sam' },
      subject: { kind: 'person', id: 'sam' },
      origin: { requestId: 'request-1', traceparent: null, sealed: 'c2VhbGVk', sealedFor: 'sam' },
      policyVersion: 3,
    },
    data: samples[type],
    ...changes,
  };
}
