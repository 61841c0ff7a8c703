import { DomainError, type FactorType, type Policy } from '@cofactor/contracts';
import { policyProblems, unbuiltProblems, type PolicyProblem } from '@cofactor/policy';

/** Throws `policy-not-possible` for rules that contradict themselves, or whose methods are not built here. */
export function refuseImpossible(policy: Policy, built: readonly FactorType[]): void {
  const problems = [...policyProblems(policy), ...unbuiltProblems(policy, built)];
  if (problems.length > 0) throw policyNotPossible(problems);
}

/** The refusal of rules: a sentence at each setting that is to be mended. */
export function policyNotPossible(problems: readonly PolicyProblem[]): DomainError {
  const errors = problems.map(({ setting, sentence }) => ({
    pointer: `/policy/${setting.replace('.', '/')}`,
    detail: sentence,
  }));
  return new DomainError('policy-not-possible', {
    detail: [...new Set(errors.map(({ detail }) => detail))].join(' '),
    errors,
  });
}
