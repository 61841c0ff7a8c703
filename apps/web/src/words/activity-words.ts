/** What each type of audit record is called in the filter. */
export const activityLabels = {
  'organisation.created': 'Practice created',
  'organisation.policy-changed': 'Sign-in rules changed',
  'person.registered': 'Person registered',
  'person.joined-organisation': 'Person joined the practice',
  'person.second-factor-requirement-changed': 'Second factor for one person switched on or off',
  'operator.appointed': 'Operator appointed',
  'sign-in.started': 'Password accepted',
  'sign-in.refused': 'Sign-in refused',
  'sign-in.second-factor-accepted': 'Second factor accepted',
  'sign-in.completed': 'Signed in',
  'sign-in.cancelled': 'Sign-in cancelled',
  'password-wait.cleared': 'Waiting time after wrong passwords ended',
  'session.started': 'Session started',
  'session.elevated': 'Session raised by a second factor',
  'session.ended': 'Session ended',
  'factor-change.refused': 'Change of factors refused',
  'enrolment.started': 'Set-up of a factor started',
  'enrolment.code-sent-again': 'Code of a set-up sent again',
  'enrolment.refused': 'Set-up of a factor refused',
  'factor.enrolled': 'Factor added',
  'factor.revoked': 'Factor removed',
  'factor.roles-changed': 'Default or secondary method changed',
  'recovery-codes.issued': 'Recovery codes issued',
  'reset.requested': 'Reset of two-factor authentication asked for',
  'reset.approved': 'Reset of two-factor authentication approved',
  'reset.rejected': 'Reset of two-factor authentication rejected',
  'reset.expired': 'Reset of two-factor authentication not approved in time',
  'reset.done': 'Two-factor authentication reset',
  'challenge.issued': 'Code asked for',
  'challenge.passed': 'Code accepted',
  'challenge.refused': 'Code refused',
  'credential.disabled': 'Factor disabled',
  'message.requested': 'Message prepared',
  'message.sent': 'Message sent',
  'message.failed': 'Message failed',
} as const;

export type ActivityType = keyof typeof activityLabels;

/**
 * One readable sentence for each. `{{who}}` is the person whom it concerns, `{{by}}` the one who did it, `{{means}}`,
 * `{{answer}}` and `{{thing}}` name the factor (see factorWords), `{{why}}` is a reason.
 */
export const activitySentences = {
  'organisation.created': '{{by}} created the practice',
  'organisation.policy-changed': '{{by}} changed the sign-in rules',
  'person.registered': '{{who}} was registered',
  'person.joined-organisation': '{{who}} joined the practice',
  'person.second-factor-requirement-changed': '{{by}} changed whether {{who}} needs a second factor',
  'operator.appointed': '{{who}} was made an operator of this installation',
  'sign-in.started': '{{who}} entered the right password',
  'sign-in.refused': 'A sign-in as {{who}} was refused: {{why}}',
  'sign-in.second-factor-accepted': '{{who}} passed the second step with {{means}}',
  'sign-in.cancelled': '{{who}} cancelled a sign-in',
  'sign-in.completed': '{{who}} signed in with {{means}}',
  'password-wait.cleared': '{{who}} ended the waiting time with the right password',
  'session.started': 'A session of {{who}} started',
  'session.elevated': '{{who}} strengthened the session with {{means}}',
  'session.ended': '{{who}} {{why}}',
  'factor-change.refused': 'A change of factors was refused for {{who}}: {{why}}',
  'enrolment.started': '{{who}} started to set up {{thing}}',
  'enrolment.code-sent-again': '{{who}} asked for the code of a set-up again',
  'enrolment.refused': '{{who}} could not set up {{thing}}: {{why}}',
  'factor.enrolled': '{{who}} added {{thing}}',
  'factor.revoked': '{{who}} removed {{thing}}',
  'factor.roles-changed': '{{who}} changed the default or secondary method',
  'recovery-codes.issued': '{{who}} received new recovery codes',
  'reset.requested': '{{by}} asked for a reset of two-factor authentication of {{who}}',
  'reset.approved': '{{by}} approved the reset of two-factor authentication of {{who}}',
  'reset.rejected': '{{by}} rejected the reset of two-factor authentication of {{who}}',
  'reset.expired': 'Nobody approved the reset of two-factor authentication of {{who}} in time',
  'reset.done': 'Two-factor authentication of {{who}} was reset',
  'challenge.issued': '{{who}} was asked for {{answer}}',
  'challenge.passed': '{{who}} entered the right code: {{answer}}',
  'challenge.refused': '{{answer}} was refused for {{who}}: {{why}}',
  'credential.disabled': '{{thing}} of {{who}} was disabled after too many wrong codes',
  'message.requested': 'An email to {{who}} was prepared',
  'message.sent': '{{who}} was told by email',
  'message.failed': 'An email to {{who}} could not be sent: {{why}}',
} as const satisfies Record<ActivityType, string>;

/** Where the reason changes the sentence, not only its end. */
export const activityVariants = {
  'factor.revoked/last-factor-removed': '{{thing}} of {{who}} ended together with the last second factor',
  'factor.revoked/replaced': '{{thing}} of {{who}} were replaced by new ones',
  'reset.requested/own-request': '{{who}} asked for a reset of their own two-factor authentication',
  'factor.revoked/reset': '{{thing}} of {{who}} ended with a reset',
  'factor.revoked/by-another': '{{by}} removed {{thing}} of {{who}}',
  'session.ended/second-factor-added':
    'A session of {{who}} by the password alone ended, because a second factor was added',
  'session.ended/factors-reset': 'A session of {{who}} ended with a reset',
  'sign-in.refused/unknown-email': 'A sign-in was refused: nobody has that email',
} as const;

export const otherWords = {
  unknownPerson: 'someone',
  operator: 'The operator',
  system: 'Cofactor',
  unknownType: 'Something of the type “{{type}}” was recorded for {{who}}',
} as const;

/** How a factor is named in a sentence: as a means, as one answer, as a thing that one has. */
export const factorWords = {
  totp: {
    means: 'the authenticator app',
    answer: 'a code from the authenticator app',
    thing: 'the authenticator app',
  },
  sms: { means: 'a text message', answer: 'a code by text message', thing: 'text messages' },
  email: { means: 'an email code', answer: 'a code by email', thing: 'email codes' },
  webauthn: { means: 'a passkey', answer: 'a passkey', thing: 'the passkey' },
  'recovery-code': { means: 'a recovery code', answer: 'a recovery code', thing: 'the recovery codes' },
  none: { means: 'the password alone', answer: 'a code', thing: 'a factor' },
} as const;

/** Why something was refused, failed or ended. */
export const reasonWords = {
  'wrong-password': 'the password was wrong',
  'unknown-email': 'nobody has that email',
  'no-way-in': 'no method was left to prove it',
  'second-factor-required': 'a second factor had to be proven first',
  'set-up-required': 'the set-up had to be finished first',
  'generic-account': 'several people share the account',
  'signed-out': 'signed out',
  'ended-from-another-session': 'signed out another of their sessions',
  'second-factor-added': 'added a second factor',
  wrong: 'the code was wrong',
  'unknown-challenge': 'it answered no open request of this sign-in',
  'already-used': 'the code was already used',
  'counter-not-increased': 'the authenticator may have been copied',
  expired: 'it came too late',
  'too-many-attempts': 'there were too many tries',
  disabled: 'the method is disabled',
  revoked: 'the method was removed',
  'provider-unavailable': 'the mail server did not answer',
  'provider-refused': 'the mail server refused it',
  'no-address': 'there is no address',
  unknown: 'no reason was recorded',
} as const;
