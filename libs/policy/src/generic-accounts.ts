import type { OrganisationPolicy } from '@cofactor/contracts';

/**
 * The name before the @ as it is compared with the names of shared accounts: lower case, letters alone, without a tag
 * behind +, so that Reception.2+x@ is `reception`. Empty where there are no letters.
 */
export const comparableName = (email: string): string => lettersOf((email.split('@')[0] ?? '').split('+')[0] ?? '');

const lettersOf = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}]/gu, '');

export interface GenericAccount {
  /** Whether one of the organisations holds it for shared. */
  readonly generic: boolean;
  /** Whether one that does also refuses such accounts: they set up nothing and are not reset (PRODUCT AX6, HE13). */
  readonly refused: boolean;
}

/** What an administrator of a practice decided of someone's account, whatever its name. */
export interface SharingDecision {
  readonly organisationId: string;
  readonly shared: boolean;
}

/** What a practice decided of an account; null where it decided nothing. Each practice decides for itself alone. */
export const decidedBy = (decisions: readonly SharingDecision[], organisationId: string): boolean | null =>
  decisions.find((decision) => decision.organisationId === organisationId)?.shared ?? null;

/**
 * Whether an account is one that several people share: by what each organisation decided of it, or else by what it says
 * of the name in the address. How the account is used decides nothing; an administrator does who was told of it.
 */
export function genericAccount(
  policies: readonly OrganisationPolicy[],
  email: string,
  decisions: readonly SharingDecision[] = [],
): GenericAccount {
  const name = comparableName(email);
  const holding = policies.filter(
    ({ organisationId, policy }) => decidedBy(decisions, organisationId) ?? namesOf(policy).includes(name),
  );
  return {
    generic: holding.length > 0,
    refused: holding.some(({ policy }) => policy.genericAccounts === 'refused'),
  };
}

/** The comparable names of shared accounts that a policy lists. */
export const namesOf = ({ genericNames }: Pick<OrganisationPolicy['policy'], 'genericNames'>): readonly string[] =>
  genericNames.map(lettersOf);
