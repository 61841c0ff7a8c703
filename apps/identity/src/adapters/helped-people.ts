import type { CallContext } from '@cofactor/contracts';
import { operatorsHelpSupport, refuseResetBy } from '../domain/who-may-reset';
import type { Directory, KnownPerson } from './directory';
import type { Needs } from './needs';
import type { SignedIn } from './signed-in';

export interface HelpedPeopleParts {
  readonly directory: Pick<Directory, 'personRow'>;
  readonly needs: Needs;
  readonly openName: (personId: string, sealed: string) => Promise<string>;
}

/** The first letter of each name, so that someone who knows the name can tell, and nobody learns it. */
export const maskedName = (name: string): string =>
  name
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word) => `${[...word][0] ?? ''}•••`)
    .join(' ');

/** Why support may not reset this person, as a sentence that says whom to ask; null where it may. */
export function refuseToSupport(by: SignedIn, person: KnownPerson): string | null {
  if (by.personId === person.personId) return 'Someone else of support helps you with your own account.';
  if (person.isSupport && !by.isOperator) return operatorsHelpSupport;
  return refuseResetBy('support', person);
}

/** People as support sees them: masked, and no more than helps to tell that they are who they say (PRODUCT AX5). */
export class HelpedPeople {
  constructor(private readonly parts: HelpedPeopleParts) {}

  async view(by: SignedIn, person: KnownPerson, context: CallContext) {
    const { directory, needs, openName } = this.parts;
    const { personId, memberships, secondFactorRequired } = person;
    const row = await directory.personRow(personId);
    const { factors } = await needs.holdings(personId, context);
    return {
      personId,
      maskedName: row ? maskedName(await openName(personId, row.sealedName)) : '',
      emailHint: row?.emailHint ?? '',
      practices: memberships.map(({ name }) => name),
      methods: [...new Set(factors.map(({ type }) => type))],
      secondFactorRequired,
      refusal: refuseToSupport(by, person),
    };
  }
}
