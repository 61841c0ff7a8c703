/** Every problem that a caller can be told of: stable code, HTTP status, human sentence, what to do next. */
export const problems = {
  'malformed-request': [
    400,
    'The request could not be read',
    'Send valid JSON in the shape that /openapi.json describes.',
  ],
  'invalid-fields': [
    400,
    'Some fields are not right',
    'Correct the fields named in errors and send the request again.',
  ],
  'invalid-credentials': [401, 'Email or password is not right', 'Check both and try again.'],
  'not-signed-in': [401, 'You are not signed in', 'Sign in and send the new token.'],
  'code-wrong': [401, 'That code is not right', 'Check the code and enter it again.'],
  'code-already-used': [
    401,
    'That code was already used',
    'Wait for the next code, at most 30 seconds, and enter that one.',
  ],
  'authenticator-copied': [
    401,
    'This authenticator may have been copied',
    'Use another method, then remove this one and set it up anew.',
  ],
  'credential-taken': [409, 'This passkey is already in use', 'Use another one.'],
  'code-expired': [401, 'This code request has expired', 'Ask for a new code.'],
  'link-expired': [401, 'This link does not work any more', 'Ask whoever added you to send a new one.'],
  'second-factor-required': [403, 'A second factor is needed first', 'Finish the sign-in with a second factor.'],
  'set-up-required': [403, 'Two-factor authentication must be set up first', 'Set up a factor to finish the sign-in.'],
  'password-required': [403, 'Your password is needed for this change', 'Send the password with the request.'],
  'credential-disabled': [
    403,
    'This factor is disabled',
    'Use another method or a recovery code, then set this factor up anew.',
  ],
  'cross-site-request': [403, 'This request came from another site', 'Use the pages of this installation.'],
  'not-allowed': [403, 'You may not do this', 'Ask an administrator of the practice.'],
  'own-second-factor-first': [
    403,
    'You have no second factor yourself',
    'Set up your own two-factor authentication first, then change the sign-in rules.',
  ],
  'factors-frozen': [
    403,
    'Changes of sign-in methods are stopped',
    'A change was reported as not made by you. Wait until 24 hours have passed, or ask an administrator to reset your methods.',
  ],
  'generic-account': [
    403,
    'This account is shared by several people',
    'Ask an administrator of the practice for an account of your own.',
  ],
  'registration-closed': [403, 'New practices are created by the operator', 'Ask the operator of this installation.'],
  'statement-refused': [403, 'The permission for this step is no longer valid', 'Send the request again.'],
  'not-found': [404, 'There is nothing here', 'Check the address and the ids in it.'],
  'link-not-valid': [
    404,
    'This link is not valid',
    'It works for seven days, and only as a whole. Tell an administrator of your practice what happened.',
  ],
  'method-not-allowed': [405, 'This address does not take that method', 'See /openapi.json for what it takes.'],
  'email-taken': [409, 'Someone with this email is already registered', 'Sign in, or use another email.'],
  'already-a-member': [
    409,
    'This person belongs to the practice already',
    'Find them among the people of the practice, and change their roles there.',
  ],
  'site-name-taken': [409, 'Another site has this name', 'Use another name, or the site that has it.'],
  'already-done': [
    409,
    'This was already done',
    'Its reply held a secret and is not kept. Start again if you lost it.',
  ],
  'link-already-used': [
    409,
    'This link was already used',
    'It works once. Use the link of a newer message, or tell an administrator of your practice.',
  ],
  conflict: [409, 'Someone else changed this at the same moment', 'Read it again and repeat the change.'],
  'enrolment-closed': [409, 'This set-up is already finished', 'Start a new set-up.'],
  'reset-closed': [
    409,
    'This reset is already decided',
    'Look at the list again; ask for a new reset if one is still needed.',
  ],
  'case-closed': [409, 'This case is closed', 'A case lasts 24 hours. Look the person up again and open a new one.'],
  'verification-incomplete': [422, 'This person is not verified yet', 'Record every required step of the case first.'],
  'payload-too-large': [413, 'The request is too large', 'Send less than 64 KiB.'],
  'unsupported-media-type': [415, 'The request must be JSON', 'Send it with content-type: application/json.'],
  'code-not-sent': [422, 'The code could not be sent', 'Use another method, or a recovery code.'],
  'factor-not-allowed': [422, 'This kind of factor is not offered here', 'Choose one of the allowed kinds.'],
  'too-many-factors': [422, 'You have as many factors as one person can have', 'Remove one first, then add this one.'],
  'policy-needs-factor': [422, 'Your practice requires this factor', 'Add another factor first, then remove this one.'],
  'policy-not-possible': [
    422,
    'Nobody could live under these rules',
    'Correct the settings named in errors and send the rules again.',
  ],
  'would-lock-out': [
    422,
    'Some people could not sign in any more',
    'Look at the forecast, and name each of them in acceptLockOut to go on.',
  ],
  'last-administrator': [
    422,
    'The practice would have no administrator left',
    'Make someone else an administrator first; they must have chosen their password.',
  ],
  'practices-not-compatible': [
    422,
    'Nobody could live under the rules of all their practices',
    'Change the sign-in rules of this practice, or ask the operator of this installation.',
  ],
  'site-in-use': [422, 'People belong to this site', 'Give them another site first, then remove this one.'],
  'too-many-sites': [422, 'The practice has as many sites as one can have', 'Remove one first, then add this one.'],
  'password-too-short': [422, 'That password is too short', 'Use at least 8 characters; a few words are good.'],
  'password-too-long': [422, 'That password is too long', 'Use at most 256 characters.'],
  'password-too-common': [
    422,
    'That password is easy to guess',
    'Choose one that is not on lists of common passwords.',
  ],
  'roles-not-possible': [422, 'These methods cannot have these roles', 'Choose two different active factors.'],
  'idempotency-key-reused': [
    422,
    'This Idempotency-Key was used with another request',
    'Use a new key for a new request.',
  ],
  'too-many-attempts': [429, 'Too many attempts', 'Wait as long as Retry-After says, then try again.'],
  'too-many-set-ups': [
    429,
    'Too many set-ups are open',
    'Finish one of them, or wait as long as Retry-After says, then start again.',
  ],
  'too-early-to-resend': [429, 'A code was sent a moment ago', 'Wait as long as Retry-After says, then ask again.'],
  'too-many-codes': [
    429,
    'Too many codes were sent',
    'Use another method or a recovery code, or wait as long as Retry-After says.',
  ],
  'too-many-requests': [429, 'Too many requests', 'Wait as long as Retry-After says.'],
  internal: [500, 'Something went wrong on our side', 'Try again. If it stays, tell the operator the requestId.'],
  unavailable: [503, 'This part is not available right now', 'Try again in a few seconds.'],
  busy: [503, 'Too many people are signing in right now', 'Wait as long as Retry-After says, then try again.'],
  'not-yet-visible': [503, 'Your last change is not visible here yet', 'Try again in a second.'],
} as const satisfies Record<string, readonly [status: number, title: string, detail: string]>;

export type ProblemCode = keyof typeof problems;

export interface FieldError {
  /** RFC 6901 pointer into the body, or the name of the parameter. */
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemExtras {
  /** Overrides the catalogue's sentence where more is known. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Seconds; becomes the Retry-After header. */
  readonly retryAfter?: number;
}

/** An expected refusal. Becomes problem+json at the edge (RFC 9457); its text is safe to show. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly code: ProblemCode,
    readonly extras: ProblemExtras = {},
  ) {
    super(`${code}: ${problems[code][1]}`);
  }
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly errors?: readonly FieldError[];
  readonly requestId: string;
}

/** The RFC 9457 body of a refusal. */
export function problemBody(error: DomainError, requestId: string): ProblemBody {
  const [status, title, detail] = problems[error.code];
  return {
    type: `urn:cofactor:problem:${error.code}`,
    title,
    status,
    detail: error.extras.detail ?? detail,
    code: error.code,
    ...(error.extras.errors ? { errors: error.extras.errors } : {}),
    requestId,
  };
}
