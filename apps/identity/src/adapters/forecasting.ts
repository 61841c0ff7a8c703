import type { CallContext, Policy } from '@cofactor/contracts';
import { effectOf, type Effect } from '@cofactor/policy';
import { KnownRules } from './known-rules';
import type { Needs } from './needs';
import type { PolicyDirectory, RuledPerson } from './policy-directory';

/** What a change of the rules does to one person of the practice. */
export interface ForecastOfPerson {
  readonly person: RuledPerson;
  readonly effect: Effect;
}

/** As many people as factor-enrollment answers for at a time. */
const batch = 500;

/**
 * What other rules would do to everyone of a practice (PRODUCT BX4): people in batches, one query and one question to
 * the owner of factors for each (DESIGN §6.1), so that ten thousand take about a second.
 */
export class Forecasting {
  constructor(
    private readonly parts: {
      readonly policies: PolicyDirectory;
      readonly needs: Needs;
      readonly nameIndex: (comparableName: string) => string;
    },
  ) {}

  /** Everyone of the practice, in the order of their ids. Nothing is known, so 503, where factor-enrollment is silent. */
  async ofChange(organisationId: string, policy: Policy, context: CallContext): Promise<readonly ForecastOfPerson[]> {
    const { policies, needs, nameIndex } = this.parts;
    const rules = new KnownRules(policies, nameIndex);
    const judged: ForecastOfPerson[] = [];
    let people = await policies.peopleOf(organisationId, '', batch);
    while (people.length > 0) {
      const ids = people.map(({ personId }) => personId);
      await rules.learn(people);
      const [holdings, following] = await Promise.all([
        needs.holdingsOfMany(ids, context),
        policies.peopleOf(organisationId, ids.at(-1) ?? '', batch),
      ]);
      const [before, after] = [rules.ruling(null), rules.ruling({ organisationId, policy })];
      for (const person of people) {
        const held = holdings.get(person.personId);
        if (!held) throw new Error('the owner of factors left somebody out');
        const effect = effectOf(before(person), after(person), held, { built: needs.built });
        judged.push({ person, effect });
      }
      people = following;
    }
    return judged;
  }
}
