import type { CallContext, OrganisationPolicy, Policy } from '@cofactor/contracts';
import { effectOf, namesOf, rulingPolicies, type Effect, type Ruled } from '@cofactor/policy';
import type { Needs } from './needs';
import type { PolicyDirectory, RuledPerson } from './policy-directory';

/** What a change of the rules does to one person of the practice. */
export interface ForecastOfPerson {
  readonly person: RuledPerson;
  readonly effect: Effect;
}

/** The rules of practices, by their id. */
type Rules = ReadonlyMap<string, OrganisationPolicy>;

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
    const { policies, needs } = this.parts;
    const known = new Map<string, OrganisationPolicy>();
    const judged: ForecastOfPerson[] = [];
    let people = await policies.peopleOf(organisationId, '', batch);
    while (people.length > 0) {
      const ids = people.map(({ personId }) => personId);
      await this.learn(known, people);
      const [holdings, following] = await Promise.all([
        needs.holdingsOfMany(ids, context),
        policies.peopleOf(organisationId, ids.at(-1) ?? '', batch),
      ]);
      const before = this.ruling(known);
      const after = this.ruling(withPolicy(known, organisationId, policy));
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

  private async learn(known: Map<string, OrganisationPolicy>, people: readonly RuledPerson[]): Promise<void> {
    const named = people.flatMap(({ memberships }) => memberships.map(({ organisationId }) => organisationId));
    const unknown = [...new Set(named)].filter((organisationId) => !known.has(organisationId));
    for (const policy of await this.parts.policies.policiesOf(unknown)) known.set(policy.organisationId, policy);
  }

  /** Most people live under the same rules, so those are put together once. */
  private ruling(rules: Rules): (person: RuledPerson) => Ruled {
    const together = new Map<string, { readonly policies: Ruled['policies']; readonly refused: ReadonlySet<string> }>();
    return ({ memberships, isOperator, secondFactorRequired, nameIndex }) => {
      const key = JSON.stringify([memberships, isOperator, secondFactorRequired]);
      let found = together.get(key);
      if (!found) {
        const standings = memberships.flatMap(({ organisationId, roles }) => {
          const policy = rules.get(organisationId);
          return policy ? [{ policy, roles }] : [];
        });
        const policies = rulingPolicies(standings, { isOperator, secondFactorRequired });
        found = { policies, refused: this.refusedNames(policies) };
        together.set(key, found);
      }
      return { policies: found.policies, refused: nameIndex !== null && found.refused.has(nameIndex) };
    };
  }

  /** As `genericAccount` judges an address: by its name, of which only the keyed hash is at hand here. */
  private refusedNames(policies: readonly OrganisationPolicy[]): ReadonlySet<string> {
    const refusing = policies.filter(({ policy }) => policy.genericAccounts === 'refused');
    return new Set(refusing.flatMap(({ policy }) => namesOf(policy)).map(this.parts.nameIndex));
  }
}

function withPolicy(rules: Rules, organisationId: string, policy: Policy): Rules {
  const standing = rules.get(organisationId);
  return standing ? new Map([...rules, [organisationId, { ...standing, policy }]]) : rules;
}
