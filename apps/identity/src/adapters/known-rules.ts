import type { OrganisationPolicy } from '@cofactor/contracts';
import { namesOf, rulingPolicies, type Ruled } from '@cofactor/policy';
import type { PolicyDirectory, RuledPerson } from './policy-directory';

type Ruling = (person: RuledPerson) => Ruled;

/** The rules of the practices that some people belong to, read once each, and what they are for each of these people. */
export class KnownRules {
  readonly #known = new Map<string, OrganisationPolicy>();

  constructor(
    private readonly policies: PolicyDirectory,
    private readonly nameIndex: (comparableName: string) => string,
  ) {}

  /** Reads what is not known yet of the practices of these people. */
  async learn(people: readonly RuledPerson[]): Promise<void> {
    const named = people.flatMap(({ memberships }) => memberships.map(({ organisationId }) => organisationId));
    const unknown = [...new Set(named)].filter((organisationId) => !this.#known.has(organisationId));
    for (const policy of await this.policies.policiesOf(unknown)) this.#known.set(policy.organisationId, policy);
  }

  /**
   * What rules somebody whose practices are known; with `changed` in the place of what one practice has. Most people live
   * under the same rules, so those are put together once.
   */
  ruling(changed: Pick<OrganisationPolicy, 'organisationId' | 'policy'> | null): Ruling {
    const rulesOf = (organisationId: string): OrganisationPolicy | undefined => {
      const standing = this.#known.get(organisationId);
      return standing && changed?.organisationId === organisationId ? { ...standing, ...changed } : standing;
    };
    const together = new Map<string, { readonly policies: Ruled['policies']; readonly refused: ReadonlySet<string> }>();
    return ({ memberships, isOperator, isSupport, secondFactorRequired, nameIndex }) => {
      const key = JSON.stringify([memberships, isOperator, isSupport, secondFactorRequired]);
      let found = together.get(key);
      if (!found) {
        const standings = memberships.flatMap(({ organisationId, roles }) => {
          const policy = rulesOf(organisationId);
          return policy ? [{ policy, roles }] : [];
        });
        const policies = rulingPolicies(standings, { isOperator, isSupport, secondFactorRequired });
        found = { policies, refused: this.refusedNames(policies) };
        together.set(key, found);
      }
      return { policies: found.policies, refused: nameIndex !== null && found.refused.has(nameIndex) };
    };
  }

  /** As `genericAccount` judges an address: by its name, of which only the keyed hash is at hand here. */
  private refusedNames(policies: readonly OrganisationPolicy[]): ReadonlySet<string> {
    const refusing = policies.filter(({ policy }) => policy.genericAccounts === 'refused');
    return new Set(refusing.flatMap(({ policy }) => namesOf(policy)).map(this.nameIndex));
  }
}
