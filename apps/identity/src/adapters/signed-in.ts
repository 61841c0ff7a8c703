import { DomainError, type CallContext } from '@cofactor/contracts';
import type { Access, Caller } from './access';
import type { Needs } from './needs';

export type SignedIn = Extract<Caller, { kind: 'session' }>;

export interface SignedInParts {
  readonly access: Access;
  readonly needs: Needs;
  readonly recorder: { now(): Date };
}

/**
 * Who stands behind the token of a session. Throws `not-signed-in` for a dead token, and for that of an unfinished
 * sign-in what it still needs: `second-factor-required` or `set-up-required` (API.md).
 */
export async function signedIn(
  { access, needs, recorder }: SignedInParts,
  token: string,
  context: CallContext,
): Promise<SignedIn> {
  const caller = await access.find(token, recorder.now());
  if (!caller) throw new DomainError('not-signed-in');
  if (caller.kind === 'session') return caller;
  const next = await needs.next(caller, caller.proven, context);
  throw new DomainError(next.step === 'second-factor' ? 'second-factor-required' : 'set-up-required');
}

/**
 * The operator whose session rests on two factors, whoever else may have the token. Throws `not-signed-in` for a dead
 * token, `registration-closed` for everyone else's and for none, and for an operator what is still missing.
 */
export async function signedInOperator(
  parts: SignedInParts,
  token: string | null,
  context: CallContext,
): Promise<SignedIn> {
  const caller = token === null ? null : await parts.access.find(token, parts.recorder.now());
  if (token !== null && caller === null) throw new DomainError('not-signed-in');
  if (!caller?.isOperator) throw new DomainError('registration-closed');
  if (caller.kind === 'session' && caller.assurance.level !== 'aal1') return caller;
  const proven = caller.kind === 'sign-in' ? caller.proven : [];
  const needed = await parts.needs.requirement(caller, proven, context);
  throw new DomainError(needed.step === 'set-up' ? 'set-up-required' : 'second-factor-required');
}

/**
 * Refuses a session that rests on a password alone where the account holds a factor, since it was opened before that
 * factor: `second-factor-required`. Whoever has only the password sees and ends nothing of others (R5).
 */
export async function requireSecondFactor(
  { needs }: Pick<SignedInParts, 'needs'>,
  { assurance, personId }: SignedIn,
  context: CallContext,
): Promise<void> {
  if (assurance.level !== 'aal1') return;
  const { factors } = await needs.holdings(personId, context);
  if (factors.length > 0) throw new DomainError('second-factor-required');
}
