import type { Person } from '../../api/queries';
import { t } from '../../words/words';

/** The roles of a person, such as "Administrator, Analyst"; whoever has none is a member. */
export const rolesInWords = (roles: Person['roles']): string =>
  (roles.length === 0 ? (['member'] as const) : roles).map((role) => t(`people.roles.${role}`)).join(', ');
