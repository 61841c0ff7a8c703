import { DomainError, type HandlersOf, type identityOperations } from '@cofactor/contracts';
import { rulingPolicies } from '@cofactor/policy';
import type { Directory } from '../adapters/directory';
import type { PolicyDirectory } from '../adapters/policy-directory';

type Handlers = HandlersOf<typeof identityOperations>;

/** What notification asks before it tells people of a practice, or of what they are in it (PRODUCT HE8). */
export class PeopleToTell implements Pick<Handlers, 'listPeopleToTell' | 'readPracticeName'> {
  constructor(
    private readonly parts: {
      readonly directory: Pick<Directory, 'nameOfOrganisation'>;
      readonly policies: Pick<PolicyDirectory, 'policyOf' | 'peopleOf'>;
    },
  ) {}

  /** Whom its rules ask for a second factor. */
  readonly listPeopleToTell: Handlers['listPeopleToTell'] = async ({ organisationId, after, limit }) => {
    const { directory, policies } = this.parts;
    const [standing, organisation] = [
      await policies.policyOf(organisationId),
      await directory.nameOfOrganisation(organisationId),
    ];
    if (standing === null || organisation === null) throw new DomainError('not-found');
    const people = await policies.peopleOf(organisationId, after ?? '', limit);
    const { policy } = standing;
    const told = people.filter((person) => {
      const here = person.memberships.filter((held) => held.organisationId === organisationId);
      const ruling = rulingPolicies(
        here.map(({ roles }) => ({ policy, roles })),
        person,
      );
      return ruling.some((rules) => rules.organisationId === organisationId && rules.policy.enforced);
    });
    const next = people.length < limit ? null : (people.at(-1)?.personId ?? null);
    return { organisation, personIds: told.map(({ personId }) => personId), next };
  };

  readonly readPracticeName: Handlers['readPracticeName'] = async ({ organisationId }) => {
    const organisation = await this.parts.directory.nameOfOrganisation(organisationId);
    if (organisation === null) throw new DomainError('not-found');
    return { organisation };
  };
}
