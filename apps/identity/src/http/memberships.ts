import { DomainError, type CallContext, type HandlersOf, type identityOperations } from '@cofactor/contracts';
import { maskedEmail } from '@cofactor/factors';
import { handleCommand, type Recorder, type SideRow } from '@cofactor/event-sourcing';
import type { IdempotencyKeys, Remember } from '@cofactor/event-store';
import { comparableName, mergeProblems, rulingPolicies, type Standing } from '@cofactor/policy';
import { envelopeOf, newId, type PersonalFieldSealer } from '@cofactor/service-kit';
import { emailClaim, membershipRow, personRow, type Directory, type KnownPerson } from '../adapters/directory';
import { managing, type Managing, type ManagingParts } from '../adapters/managing';
import { changedMembership, endedMembership, explainedRefusal, placedAtSites } from '../adapters/members';
import type { Registration } from '../adapters/registration';
import { person, type PersonCommand } from '../domain/person';

type Handlers = HandlersOf<typeof identityOperations>;
type Added = Omit<Parameters<Handlers['addPerson']>[0], 'token'>;

export interface MembershipParts extends ManagingParts {
  readonly recorder: Recorder;
  readonly directory: Directory;
  readonly keys: IdempotencyKeys;
  readonly sealer: PersonalFieldSealer;
  readonly registering: Registration;
  readonly emailIndex: (email: string) => string;
  readonly nameIndex: (comparableName: string) => string;
}

/** Who belongs to a practice, in which roles and at which of its sites. */
export class Memberships implements Pick<Handlers, 'addPerson' | 'changePerson' | 'removePerson'> {
  constructor(private readonly parts: MembershipParts) {}

  /**
   * Someone whom nobody here knows is registered, with a password still to be chosen; whoever is registered joins. The
   * answer is the same.
   */
  readonly addPerson: Handlers['addPerson'] = async ({ token, ...added }, context) => {
    const manager = await managing(this.parts, token, added.organisationId, context);
    const keyed = { context, scope: manager.sessionId, operation: 'addPerson', body: added };
    return this.parts.keys.once(keyed, (remember) => this.add(added, manager, context, remember));
  };

  private async add(added: Added, manager: Managing, context: CallContext, remember: Remember) {
    const { directory, emailIndex } = this.parts;
    const index = emailIndex(added.email);
    const known = await directory.personByEmailIndex(index);
    if (known) return this.join(known, added, manager, context, remember);
    try {
      return await this.register(added, index, manager, context, remember);
    } catch (error) {
      // Somebody else was quicker to register this address: then the person is there now.
      const taken = error instanceof DomainError && error.code === 'email-taken';
      const registered = taken ? await directory.personByEmailIndex(index) : null;
      if (!registered) throw error;
      return this.join(registered, added, manager, context, remember);
    }
  }

  private async register(added: Added, index: string, manager: Managing, context: CallContext, remember: Remember) {
    const { nameIndex, registering, sealer } = this.parts;
    const { organisationId, name, email, roles, siteIds } = added;
    const ids = { personId: newId(), contactId: newId() };
    const { personId } = ids;
    const sealedName = await sealer.seal(personId, name);
    const described = { ...ids, emailHint: maskedEmail(email), sealedName };
    const command = { kind: 'register-in-organisation', ...described, organisationId, roles, siteIds } as const;
    const reply = { personId, positions: [`person-${personId}@${siteIds.length > 0 ? 3 : 2}`] };
    const commit = () =>
      this.handle(command, organisationId, manager, context, () => [
        personRow({ ...described, nameIndex: nameIndex(comparableName(email)), passwordMissing: true }),
        emailClaim(index, personId),
        membershipRow(personId, organisationId, roles),
        ...placedAtSites({ personId, organisationId, siteIds }),
        ...remember({ kind: 'reply', reply }),
      ]);
    await registering.register({ ...ids, email, password: null }, context.source.ip, commit);
    return reply;
  }

  private async join(known: KnownPerson, added: Added, manager: Managing, context: CallContext, remember: Remember) {
    const { personId } = known;
    const { organisationId, roles, siteIds } = added;
    if (known.memberships.some((held) => held.organisationId === organisationId))
      throw new DomainError('already-a-member');
    this.refuseUnmeetable(known, { policy: manager.policy, roles });
    const command = { kind: 'join-organisation', personId, organisationId, roles, siteIds } as const;
    const { position } = await this.handle(command, organisationId, manager, context, (at) => [
      membershipRow(personId, organisationId, roles),
      ...placedAtSites({ personId, organisationId, siteIds }),
      ...remember({ kind: 'reply', reply: { personId, positions: [at] } }),
    ]);
    return { personId, positions: [position] };
  }

  readonly changePerson: Handlers['changePerson'] = async ({ token, ...change }, context) => {
    const { personId, organisationId, roles } = change;
    const manager = await managing(this.parts, token, organisationId, context);
    const known = await this.member(personId, organisationId);
    this.refuseUnmeetable(known, { policy: manager.policy, roles });
    const command = { kind: 'change-membership', ...change } as const;
    const rows = () => changedMembership(change);
    const { position } = await this.handle(command, organisationId, manager, context, rows);
    return { positions: [position] };
  };

  readonly removePerson: Handlers['removePerson'] = async ({ token, personId, organisationId }, context) => {
    const manager = await managing(this.parts, token, organisationId, context);
    await this.member(personId, organisationId);
    const command = { kind: 'leave-organisation', personId, organisationId } as const;
    const rows = () => endedMembership(personId, organisationId);
    const { position } = await this.handle(command, organisationId, manager, context, rows);
    return { positions: [position] };
  };

  private async member(personId: string, organisationId: string): Promise<KnownPerson> {
    const known = await this.parts.directory.knownPerson(personId);
    const belongs = known?.memberships.some((held) => held.organisationId === organisationId);
    if (!known || !belongs) throw new DomainError('not-found');
    return known;
  }

  /** Rules of several practices that nobody could live under are refused where they would meet (docs/adr/0012). */
  private refuseUnmeetable({ memberships, secondFactorRequired }: KnownPerson, standing: Standing): void {
    const others = memberships.filter(({ organisationId }) => organisationId !== standing.policy.organisationId);
    if (others.length === 0) return;
    const policies = rulingPolicies([...others, standing], {
      isOperator: false,
      isSupport: false,
      secondFactorRequired,
    });
    const problems = mergeProblems(policies);
    if (problems.length === 0) return;
    const sentences = [...new Set(problems.map(({ sentence }) => sentence))].join(' ');
    throw new DomainError('practices-not-compatible', { detail: sentences });
  }

  private async handle(
    command: PersonCommand,
    organisationId: string,
    { actor, policy }: Managing,
    context: CallContext,
    rows: (position: string) => readonly SideRow[],
  ) {
    const { recorder, sealer } = this.parts;
    const { personId } = command;
    const stream = `person-${personId}`;
    const envelope = await envelopeOf(sealer, context, {
      organisationIds: [organisationId],
      actor,
      subject: { kind: 'person', id: personId },
      policyVersion: policy.version,
    });
    try {
      return await handleCommand(
        recorder,
        person,
        stream,
        () => command,
        () => envelope,
        (_events, _state, position) => ({ sideRows: rows(position) }),
      );
    } catch (error) {
      throw explainedRefusal(error, 'invalid-fields');
    }
  }
}
