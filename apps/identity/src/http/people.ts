import {
  DomainError,
  type CallContext,
  type HandlersOf,
  type identityOperations,
  type PersonSummary,
} from '@cofactor/contracts';
import { secondFactorStateOf } from '@cofactor/policy';
import type { Access } from '../adapters/access';
import { KnownRules } from '../adapters/known-rules';
import type { Needs } from '../adapters/needs';
import type { OpenNames } from '../adapters/open-names';
import type { PolicyDirectory, RuledPerson } from '../adapters/policy-directory';
import { signedInAs } from '../adapters/signed-in';

type Handlers = HandlersOf<typeof identityOperations>;

export interface PeopleParts {
  readonly recorder: { now(): Date };
  readonly access: Access;
  readonly needs: Needs;
  readonly policies: PolicyDirectory;
  readonly openNames: OpenNames;
  readonly nameIndex: (comparableName: string) => string;
}

/** Someone of the practice, and how far they are with two-factor authentication; not named yet. */
interface Judged extends Omit<PersonSummary, 'name'> {
  readonly person: RuledPerson;
}

/** As many people as factor-enrollment answers for at a time. */
const batch = 500;

/** Who belongs to a practice, for its administrators, and for the analysts who read of them in the audit. */
export class PeopleOfPractices implements Pick<Handlers, 'listPeople' | 'readPerson'> {
  constructor(private readonly parts: PeopleParts) {}

  readonly listPeople: Handlers['listPeople'] = async (
    { token, organisationId, after, limit, secondFactor },
    context,
  ) => {
    await signedInAs(this.parts, ['administrator', 'analyst'], token, organisationId, context);
    const { policies, nameIndex } = this.parts;
    const rules = new KnownRules(policies, nameIndex);
    const found: Judged[] = [];
    let last = after ?? '';
    let [read, asked] = [batch, batch];
    while (found.length <= limit && read === asked) {
      asked = secondFactor === null ? Math.min(batch, limit + 1 - found.length) : batch;
      const people = await policies.peopleOf(organisationId, last, asked);
      read = people.length;
      last = people.at(-1)?.personId ?? last;
      const judged = await this.judge(organisationId, rules, people, context);
      found.push(...judged.filter((one) => secondFactor === null || one.secondFactor === secondFactor));
    }
    const page = found.slice(0, limit);
    return {
      people: await this.named(page),
      next: found.length > limit ? (page.at(-1)?.personId ?? null) : null,
    };
  };

  readonly readPerson: Handlers['readPerson'] = async ({ token, organisationId, personId }, context) => {
    await signedInAs(this.parts, ['administrator', 'analyst'], token, organisationId, context);
    const { policies, nameIndex } = this.parts;
    const member = await policies.memberOf(organisationId, personId);
    if (!member) throw new DomainError('not-found');
    const judged = await this.judge(organisationId, new KnownRules(policies, nameIndex), [member], context);
    const [person] = await this.named(judged);
    if (!person) throw new DomainError('not-found');
    return person;
  };

  /** What the owner of factors and the rules of all of their practices say of each, in their order. */
  private async judge(
    organisationId: string,
    rules: KnownRules,
    people: readonly RuledPerson[],
    context: CallContext,
  ): Promise<readonly Judged[]> {
    if (people.length === 0) return [];
    const ids = people.map(({ personId }) => personId);
    const [holdings] = await Promise.all([this.parts.needs.holdingsOfMany(ids, context), rules.learn(people)]);
    const ruling = rules.ruling(null);
    return people.map((person) => {
      const { personId, emailHint, memberships, secondFactorRequired } = person;
      const held = holdings.get(personId);
      if (!held) throw new Error('the owner of factors left somebody out');
      const membership = memberships.find((one) => one.organisationId === organisationId);
      return {
        person,
        personId,
        emailHint,
        roles: [...(membership?.roles ?? [])],
        methods: [...new Set(held.factors.map(({ type }) => type))],
        secondFactor: secondFactorStateOf(ruling(person).policies, held),
        secondFactorRequired,
        siteIds: [...person.siteIds],
        firstPassword: person.passwordMissing ? 'missing' : 'chosen',
      };
    });
  }

  private async named(people: readonly Judged[]): Promise<PersonSummary[]> {
    const names = await this.parts.openNames(people.map(({ person }) => person));
    return people.map(({ person: _row, ...summary }) => ({ ...summary, name: names.get(summary.personId) ?? '' }));
  }
}
