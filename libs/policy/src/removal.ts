import type { FactorType, Missing, OrganisationPolicy } from '@cofactor/contracts';
import { passwordOnly, requirements, type PolicyContext } from './requirements';
import { allowedTypes, missingUnder, typesOf, union, type Holdings } from './set-up';

export type Removal =
  | { readonly may: true }
  /** What would be missing, and the types of which one can be added first; none where nothing helps. */
  | { readonly may: false; readonly missing: readonly Missing[]; readonly addFirst: readonly FactorType[] };

/**
 * Whether a factor may go. Not where an enforcing organisation's policy would be met less than before (PRODUCT HC8), nor
 * where the person could not sign in afterwards; free where nothing is enforced (HC9).
 */
export function mayRemove(
  policies: readonly OrganisationPolicy[],
  before: Holdings,
  after: Holdings,
  context: PolicyContext,
): Removal {
  const missing = newlyMissing(policies, before, after);
  const staysOut = requirements(policies, after, passwordOnly, context).step === 'no-way-in';
  if (missing.length === 0 && !staysOut) return { may: true };
  const helps = (type: FactorType): boolean =>
    newlyMissing(policies, before, withType(after, type)).length < missing.length;
  const addable = allowedTypes(policies, context.built).filter((type) => !typesOf(after).includes(type));
  return { may: false, missing, addFirst: addable.filter(helps) };
}

const newlyMissing = (policies: readonly OrganisationPolicy[], before: Holdings, after: Holdings): readonly Missing[] =>
  union(
    policies
      .filter(({ policy }) => policy.enforced)
      .map(({ policy }) => {
        const already = missingUnder(policy, before);
        return missingUnder(policy, after).filter((missing) => !already.includes(missing));
      }),
  );

const withType = (holdings: Holdings, type: FactorType): Holdings => ({
  ...holdings,
  factors: [...holdings.factors, { credentialId: '', type, hint: '', role: null }],
});
