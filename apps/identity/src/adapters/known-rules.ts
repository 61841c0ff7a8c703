import type { OrganisationPolicy } from '@cofactor/contracts';
import { decidedBy, namesOf, rulingPolicies, type Ruled } from '@cofactor/policy';
import type { PolicyDirectory, RuledPerson } from './policy-directory';

/** A practice that refuses shared accounts, and the keyed hashes of their names. */
interface Refusing {
  readonly organisationId: string;
  readonly names: ReadonlySet<string>;
}

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
    const together = new Map<string, Pick<Ruled, 'policies'> & { readonly refusing: readonly Refusing[] }>();
    return ({ memberships, isOperator, isSupport, secondFactorRequired, nameIndex, sharingDecisions }) => {
      const key = JSON.stringify([memberships, isOperator, isSupport, secondFactorRequired]);
      let found = together.get(key);
      if (!found) {
        const standings = memberships.flatMap(({ organisationId, roles }) => {
          const policy = rulesOf(organisationId);
          return policy ? [{ policy, roles }] : [];
        });
        const policies = rulingPolicies(standings, { isOperator, isSupport, secondFactorRequired });
        found = { policies, refusing: this.refusing(policies) };
        together.set(key, found);
      }
      const { policies, refusing } = found;
      const isRefused = ({ organisationId, names }: Refusing): boolean =>
        decidedBy(sharingDecisions, organisationId) ?? (nameIndex !== null && names.has(nameIndex));
      return { policies, refused: refusing.some(isRefused) };
    };
  }

  /** As `genericAccount` judges an address: by its name, of which only the keyed hash is at hand here. */
  private refusing(policies: readonly OrganisationPolicy[]): readonly Refusing[] {
    return policies.flatMap(({ organisationId, policy }) =>
      policy.genericAccounts === 'refused'
        ? [{ organisationId, names: new Set(namesOf(policy).map(this.nameIndex)) }]
        : [],
    );
  }
}
