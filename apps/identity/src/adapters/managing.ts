import { DomainError, type Actor, type CallContext, type OrganisationPolicy } from '@cofactor/contracts';
import type { KnownPerson } from './directory';
import type { PolicyDirectory } from './policy-directory';
import { signedInAsOrOperator, type SignedInParts } from './signed-in';

export interface ManagingParts extends SignedInParts {
  readonly policies: Pick<PolicyDirectory, 'policyOf'>;
}

/** Whoever looks after the people of a practice. */
export interface Managing {
  readonly sessionId: string;
  readonly actor: Actor;
  /** The name of the practice, and its rules as they stand. */
  readonly practice: string;
  readonly policy: OrganisationPolicy;
  /** Whether they may add someone registered to this practice: of a practice that they administer; the operator, anyone. */
  readonly mayTakeIn: (known: Pick<KnownPerson, 'memberships'>) => boolean;
}

/**
 * An administrator of the practice, or the operator; where they hold a factor, it was proven (R5). Throws `not-found` to
 * people of other practices, and `not-allowed` to those in other roles.
 */
export async function managing(
  parts: ManagingParts,
  token: string,
  organisationId: string,
  context: CallContext,
): Promise<Managing> {
  const roles = ['administrator'] as const;
  const { caller, asOperator } = await signedInAsOrOperator(parts, roles, token, organisationId, context);
  const standing = await parts.policies.policyOf(organisationId);
  if (!standing) throw new DomainError('not-found');
  const { sessionId, personId } = caller;
  const actor = { kind: asOperator ? 'operator' : 'person', id: personId } as const;
  const administered = caller.memberships.filter(({ roles: held }) => held.includes('administrator'));
  const isAdministered = (other: string): boolean => administered.some((held) => held.organisationId === other);
  const mayTakeIn = ({ memberships }: Pick<KnownPerson, 'memberships'>): boolean =>
    asOperator || memberships.some((held) => isAdministered(held.organisationId));
  return { sessionId, actor, practice: standing.name, policy: standing.policy, mayTakeIn };
}
