import type { EventData, EventType, FactorType } from '@cofactor/contracts';

/** What a record says of an event beyond its envelope: the factor that was used or changed, the reason, the settings. */
export interface Details {
  readonly factor?: { readonly type: FactorType; readonly credentialId: string; readonly hint: string | null };
  readonly reason?: string;
  /** What is different now, by the names of the settings. */
  readonly changed?: readonly string[];
}

const nothing = (): Details => ({});

interface Used {
  readonly credentialId: string;
  readonly factorType: FactorType;
  readonly hint?: string;
}
const used = ({ credentialId, factorType, hint }: Used): Details => ({
  factor: { type: factorType, credentialId, hint: hint ?? null },
});

interface Credential {
  readonly credentialId: string;
  readonly type: FactorType;
  readonly hint: string;
}
const changed = ({ credentialId, type, hint }: Credential): Details => ({ factor: { type, credentialId, hint } });

/**
 * The decision on each event type: what of its data stands in the record. A new event type does not compile without
 * one (I6). Nothing that people typed, and nothing personal, is taken over.
 */
export const detailsOf: { readonly [Type in EventType]: (data: EventData<Type>) => Details } = {
  'organisation.created': nothing,
  'organisation.policy-changed': ({ changed: settings }) => ({ changed: settings }),
  'person.registered': nothing,
  'person.joined-organisation': nothing,
  'person.roles-changed': ({ roles }) => ({ changed: roles }),
  'person.sites-changed': nothing,
  'person.left-organisation': nothing,
  'organisation.site-added': nothing,
  'organisation.site-renamed': nothing,
  'organisation.site-removed': nothing,
  'first-password.offered': nothing,
  'first-password.chosen': nothing,
  'first-password.withdrawn': nothing,
  'person.second-factor-requirement-changed': ({ required }) => ({
    changed: [required ? 'second-factor-required' : 'second-factor-not-required'],
  }),
  'operator.appointed': nothing,
  'shared-account.suspected': ({ sign }) => ({ reason: sign }),
  'shared-account.decided': ({ decision }) => ({ reason: decision }),
  'support.appointed': nothing,
  'support.dismissed': nothing,
  'support.person-looked-up': ({ personId }) => ({ reason: personId === null ? 'nobody-found' : 'found' }),
  'support-case.opened': nothing,
  'support-case.step-recorded': ({ step }) => ({ reason: step }),
  'support-case.reset-permitted': nothing,
  'sign-in.started': nothing,
  'sign-in.refused': ({ reason }) => ({ reason }),
  'password-wait.cleared': nothing,
  'sign-in.second-factor-accepted': ({ proof }) => used(proof),
  'sign-in.completed': ({ proof }) => (proof === null ? {} : used(proof)),
  'sign-in.cancelled': nothing,
  'session.started': nothing,
  'session.elevated': ({ proof }) => used(proof),
  'session.ended': ({ reason }) => ({ reason }),
  'factor-change.refused': ({ reason }) => ({ reason }),
  'enrolment.started': changed,
  'enrolment.code-sent-again': ({ type, credentialId }) => ({ factor: { type, credentialId, hint: null } }),
  'enrolment.refused': ({ type, credentialId, reason }) => ({ factor: { type, credentialId, hint: null }, reason }),
  'factor.enrolled': changed,
  'factor.held-by-several': ({ type, credentialId }) => ({ factor: { type, credentialId, hint: null } }),
  'factor.revoked': (data) => ({ ...changed(data), reason: data.reason }),
  'factor.roles-changed': nothing,
  'factor-changes.frozen': nothing,
  'recovery-codes.issued': ({ credentialId }) => ({ factor: { type: 'recovery-code', credentialId, hint: null } }),
  'reset.requested': ({ reason }) => ({ reason }),
  'reset.approved': nothing,
  'reset.rejected': nothing,
  'reset.expired': nothing,
  'reset.done': ({ reason }) => ({ reason }),
  'challenge.issued': used,
  'challenge.passed': used,
  'challenge.refused': (data) => ({
    ...(data.reason === 'unknown-challenge' ? {} : used(data)),
    reason: data.reason,
  }),
  'credential.disabled': used,
  'message.requested': nothing,
  'message.sent': nothing,
  'message.failed': ({ reason }) => ({ reason }),
  'message.refused': ({ ceiling }) => ({ reason: `ceiling-of-${ceiling}` }),
};
