import type { FactorType, OrganisationPolicy } from '@cofactor/contracts';
import { requirements, usableMethods, type PolicyContext } from './requirements';
import type { Holdings } from './set-up';

/** The rules that hold for one person, and whether they refuse them as a shared account (`genericAccount`). */
export interface Ruled {
  readonly policies: readonly OrganisationPolicy[];
  readonly refused: boolean;
}

/** What a change of the rules does to one person. */
export interface Effect {
  /** Whether they are asked to set something up at their next sign-in. */
  readonly setUp: boolean;
  /** The held methods that sign them in today, and no longer then. */
  readonly loses: readonly FactorType[];
  /** Whether they could not sign in any more, who can today. */
  readonly lockedOut: boolean;
}

type End = 'in' | 'set-up' | 'out';

/** Where a sign-in comes to that shows everything that the person holds. */
function endOf({ policies, refused }: Ruled, holdings: Holdings, context: PolicyContext): End {
  const proven = [...holdings.factors.map(({ type }) => type), 'recovery-code' as const];
  const { step } = requirements(policies, holdings, { firstFactor: 'password', proven }, context);
  if (step === 'set-up') return refused ? 'out' : 'set-up';
  return step === 'completed' ? 'in' : 'out';
}

const typesThatCount = ({ policies }: Ruled, holdings: Holdings): readonly FactorType[] =>
  usableMethods(policies, holdings).map(({ type }) => type);

/** What becomes of a person when their rules change (PRODUCT BX4). Pure, and fast enough for thousands. */
export function effectOf(before: Ruled, after: Ruled, holdings: Holdings, context: PolicyContext): Effect {
  const end = endOf(after, holdings, context);
  const kept = typesThatCount(after, holdings);
  return {
    setUp: end === 'set-up',
    loses: [...new Set(typesThatCount(before, holdings))].filter((type) => !kept.includes(type)),
    lockedOut: end === 'out' && endOf(before, holdings, context) !== 'out',
  };
}
