import type { FactorType, OrganisationPolicy } from '@cofactor/contracts';
import { channelOf } from './channels';
import { mayBe } from './set-up';

/** Whether one of the organisations takes a type in a role. */
export const mayHaveRole = (
  policies: readonly OrganisationPolicy[],
  role: 'default' | 'secondary',
  type: FactorType,
): boolean => policies.some(({ policy }) => mayBe(policy, role, type));

/** Whether two methods can be default and secondary: each in a role that is open to it, at different places (BX6). */
export const rolesArePossible = (
  policies: readonly OrganisationPolicy[],
  first: FactorType,
  second: FactorType | null,
): boolean =>
  mayHaveRole(policies, 'default', first) &&
  (second === null || (mayHaveRole(policies, 'secondary', second) && channelOf(second) !== channelOf(first)));
