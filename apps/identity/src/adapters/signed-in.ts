import { DomainError, type CallContext, type OrganisationRole } from '@cofactor/contracts';
import type { Access, Caller } from './access';
import type { KnownPerson } from './directory';
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
  return finished(needs, caller, context);
}

async function finished(needs: Needs, caller: Caller, context: CallContext): Promise<SignedIn> {
  if (caller.kind === 'session') return caller;
  const next = await needs.next(caller, caller.proven, context);
  throw new DomainError(next.step === 'second-factor' ? 'second-factor-required' : 'set-up-required');
}

/**
 * Someone who is signed in and has one of these roles in the practice; where they hold a factor, it was proven (R5).
 * Throws `not-found` to people of other practices, and `not-allowed` to those in other roles.
 */
export async function signedInAs(
  parts: SignedInParts,
  roles: readonly OrganisationRole[],
  token: string,
  organisationId: string,
  context: CallContext,
): Promise<SignedIn> {
  const caller = await signedIn(parts, token, context);
  requireRole(caller, roles, organisationId);
  await requireSecondFactor(parts, caller, context);
  return caller;
}

/** Whoever acts in a practice, and whether they do as the operator. */
export interface Acting {
  readonly caller: SignedIn;
  readonly asOperator: boolean;
}

/**
 * Someone who has one of these roles in the practice, or the operator where they do not belong to it; where they hold a
 * factor, it was proven (R5). Throws as `signedInAs` does; that there is such a practice is not asked for the operator.
 */
export async function signedInAsOrOperator(
  parts: SignedInParts,
  roles: readonly OrganisationRole[],
  token: string,
  organisationId: string,
  context: CallContext,
): Promise<Acting> {
  const caller = await signedIn(parts, token, context);
  const belongs = caller.memberships.some((held) => held.organisationId === organisationId);
  if (caller.isOperator && !belongs)
    return { caller: await signedInOperator(parts, token, 'not-allowed', context), asOperator: true };
  requireRole(caller, roles, organisationId);
  await requireSecondFactor(parts, caller, context);
  return { caller, asOperator: false };
}

/** Throws `not-found` to people of other practices, and `not-allowed` to those in other roles. */
export function requireRole(
  { memberships }: Pick<KnownPerson, 'memberships'>,
  roles: readonly OrganisationRole[],
  organisationId: string | null,
): void {
  const membership = memberships.find((held) => held.organisationId === organisationId);
  if (!membership) throw new DomainError('not-found');
  if (!membership.roles.some((role) => roles.includes(role))) throw new DomainError('not-allowed');
}

/**
 * The operator whose session rests on two factors, whoever else may have the token. Throws `not-signed-in` for a dead
 * token, `refusal` for everyone else's and for none, and for an operator what is still missing; where the refusal is
 * `not-allowed`, for any unfinished sign-in too.
 */
export async function signedInOperator(
  parts: SignedInParts,
  token: string | null,
  refusal: 'registration-closed' | 'not-allowed',
  context: CallContext,
): Promise<SignedIn> {
  const caller = token === null ? null : await parts.access.find(token, parts.recorder.now());
  if (token !== null && caller === null) throw new DomainError('not-signed-in');
  if (caller === null) throw new DomainError(refusal);
  if (!caller.isOperator) {
    // Where registration is closed it is so for every other person, whatever they prove.
    if (refusal === 'not-allowed') await finished(parts.needs, caller, context);
    throw new DomainError(refusal);
  }
  return withTwoFactors(parts, caller, context);
}

/**
 * Someone of support, or an operator, whose session rests on two factors. Throws `not-signed-in` for a dead token,
 * for an unfinished sign-in and for support what is still missing, and `not-allowed` for everyone else's.
 */
export async function signedInSupport(parts: SignedInParts, token: string, context: CallContext): Promise<SignedIn> {
  const caller = await parts.access.find(token, parts.recorder.now());
  if (caller === null) throw new DomainError('not-signed-in');
  if (!caller.isOperator && !caller.isSupport) {
    await finished(parts.needs, caller, context);
    throw new DomainError('not-allowed');
  }
  return withTwoFactors(parts, caller, context);
}

async function withTwoFactors({ needs }: SignedInParts, caller: Caller, context: CallContext): Promise<SignedIn> {
  if (caller.kind === 'session' && caller.assurance.level !== 'aal1') return caller;
  const proven = caller.kind === 'sign-in' ? caller.proven : [];
  const needed = await needs.requirement(caller, proven, context);
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
