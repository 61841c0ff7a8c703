import type { OrganisationPolicy } from '@cofactor/contracts';
import { mergeProblems, type PolicyProblem } from '@cofactor/policy';
import { policyNotPossible } from '../domain/possible-policies';
import type { PolicyDirectory } from './policy-directory';

/**
 * Refuses rules that nobody of several practices could live under, where they would arise (DESIGN §5): `policy-not-possible`,
 * with a sentence for each setting.
 */
export async function refuseUnmeetable(policies: PolicyDirectory, policy: OrganisationPolicy): Promise<void> {
  const problems: PolicyProblem[] = [];
  for (const organisationIds of await policies.combinationsWith(policy.organisationId)) {
    const others = await policies.policiesOf(organisationIds.filter((one) => one !== policy.organisationId));
    problems.push(...mergeProblems([policy, ...others]));
  }
  if (problems.length > 0) throw policyNotPossible(problems);
}
