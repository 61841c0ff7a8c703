import {
  DomainError,
  type CallContext,
  type Envelope,
  type HandlersOf,
  type identityOperations,
} from '@cofactor/contracts';
import { maskedEmail } from '@cofactor/factors';
import {
  handleCommand,
  loadState,
  streamAppend,
  type Loaded,
  type Recorder,
  type SideRow,
} from '@cofactor/event-sourcing';
import type { Database, IdempotencyKeys, Remember } from '@cofactor/event-store';
import { comparableName, mergeProblems, rulingPolicies, type Standing } from '@cofactor/policy';
import { envelopeOf, newId, type Logger, type PersonalFieldSealer } from '@cofactor/service-kit';
import { emailClaim, membershipRow, personRow, type Directory, type KnownPerson } from '../adapters/directory';
import { forgottenLink, type FirstPasswordLinks, type NewLink } from '../adapters/first-password-links';
import type { LeftPeople } from '../adapters/left-people';
import type { MailsToAdded } from '../adapters/mails-to-added';
import { managing, type Managing, type ManagingParts } from '../adapters/managing';
import { changedMembership, endedMembership, explainedRefusal, placedAtSites } from '../adapters/members';
import type { Registration } from '../adapters/registration';
import { firstPassword, type FirstPasswordCommand, type FirstPasswordState } from '../domain/first-password';
import { person, type PersonCommand } from '../domain/person';

type Handlers = HandlersOf<typeof identityOperations>;
type Added = Omit<Parameters<Handlers['addPerson']>[0], 'token'>;

export interface MembershipParts extends ManagingParts {
  readonly recorder: Recorder;
  readonly directory: Directory;
  readonly keys: IdempotencyKeys;
  readonly sealer: PersonalFieldSealer;
  readonly registering: Registration;
  readonly database: Pick<Database, 'transaction'>;
  readonly links: FirstPasswordLinks;
  readonly mails: MailsToAdded;
  readonly leftPeople: LeftPeople;
  readonly logger: Pick<Logger, 'warn'>;
  readonly emailIndex: (email: string) => string;
  readonly nameIndex: (comparableName: string) => string;
}

/** Someone who was added, and the link that they are sent; null for one who has a password. */
interface Addition {
  readonly personId: string;
  readonly positions: string[];
  readonly link: NewLink | null;
  readonly envelope: Envelope;
}

/** Who belongs to a practice, in which roles and at which of its sites. */
export class Memberships implements Pick<Handlers, 'addPerson' | 'changePerson' | 'removePerson'> {
  constructor(private readonly parts: MembershipParts) {}

  /**
   * Someone whom nobody here knows is registered, with a password still to be chosen; whoever is registered joins. The
   * answer is the same.
   */
  readonly addPerson: Handlers['addPerson'] = async ({ token, ...added }, context) => {
    const { database, keys, mails } = this.parts;
    const manager = await managing(this.parts, token, added.organisationId, context);
    const keyed = { context, scope: manager.sessionId, operation: 'addPerson', body: added };
    return keys.once(keyed, async (remember) => {
      const { personId, positions, link, envelope } = await this.add(added, manager, context, remember);
      const mail = { personId, practice: manager.practice, link, envelope };
      const reply = { personId, delivery: await mails.send(mail, context), positions };
      const rows = keys.restated(keyed, { kind: 'reply', reply });
      await database.transaction(async (sql) => {
        for (const row of rows) await sql.query(row.sql, row.parameters);
      });
      return reply;
    });
  };

  private async add(added: Added, manager: Managing, context: CallContext, remember: Remember): Promise<Addition> {
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

  private async register(
    added: Added,
    index: string,
    manager: Managing,
    context: CallContext,
    remember: Remember,
  ): Promise<Addition> {
    const { links, nameIndex, recorder, registering, sealer } = this.parts;
    const { organisationId, name, email, roles, siteIds } = added;
    const ids = { personId: newId(), contactId: newId() };
    const { personId } = ids;
    const sealedName = await sealer.seal(personId, name);
    const described = { ...ids, emailHint: maskedEmail(email), sealedName };
    const command = { kind: 'register-in-organisation', ...described, organisationId, roles, siteIds } as const;
    const link = links.make(personId, recorder.now());
    const envelope = await this.envelope(personId, organisationId, manager, context);
    const handled = { positions: [] as string[] };
    await registering.register({ ...ids, email, password: null }, context.source.ip, async () => {
      const { position } = await this.handle(command, envelope, { kind: 'offer', link }, (at) => [
        personRow({ ...described, nameIndex: nameIndex(comparableName(email)), passwordMissing: true }),
        emailClaim(index, personId),
        membershipRow(personId, organisationId, roles),
        ...placedAtSites({ personId, organisationId, siteIds }),
        ...remember({ kind: 'reply', reply: { personId, delivery: 'delayed', positions: [at] } }),
      ]);
      handled.positions = [position];
    });
    return { personId, positions: handled.positions, link, envelope };
  }

  private async join(
    known: KnownPerson,
    added: Added,
    manager: Managing,
    context: CallContext,
    remember: Remember,
  ): Promise<Addition> {
    const { personId } = known;
    const { organisationId, roles, siteIds } = added;
    if (known.memberships.some((held) => held.organisationId === organisationId))
      throw new DomainError('already-a-member');
    // Who belongs to a practice can be reset by its administrators, so nobody takes in the people of others (ADR 13).
    if (!manager.mayTakeIn(known)) throw new DomainError('email-taken', { detail: ofOthers });
    this.refuseUnmeetable(known, { policy: manager.policy, roles });
    const command = { kind: 'join-organisation', personId, organisationId, roles, siteIds } as const;
    const link = this.parts.links.make(personId, this.parts.recorder.now());
    const envelope = await this.envelope(personId, organisationId, manager, context);
    const { position, isOffered } = await this.handle(command, envelope, { kind: 'offer-again', link }, (at) => [
      membershipRow(personId, organisationId, roles),
      ...placedAtSites({ personId, organisationId, siteIds }),
      ...remember({ kind: 'reply', reply: { personId, delivery: 'delayed', positions: [at] } }),
    ]);
    return { personId, positions: [position], link: isOffered ? link : null, envelope };
  }

  readonly changePerson: Handlers['changePerson'] = async ({ token, ...change }, context) => {
    const { personId, organisationId, roles } = change;
    const manager = await managing(this.parts, token, organisationId, context);
    const known = await this.member(personId, organisationId);
    this.refuseUnmeetable(known, { policy: manager.policy, roles });
    const command = { kind: 'change-membership', ...change } as const;
    const envelope = await this.envelope(personId, organisationId, manager, context);
    const { position } = await this.handle(command, envelope, null, () => changedMembership(change));
    return { positions: [position] };
  };

  readonly removePerson: Handlers['removePerson'] = async ({ token, personId, organisationId }, context) => {
    const manager = await managing(this.parts, token, organisationId, context);
    await this.member(personId, organisationId);
    const command = { kind: 'leave-organisation', personId, organisationId } as const;
    const envelope = await this.envelope(personId, organisationId, manager, context);
    const rows = () => endedMembership(personId, organisationId);
    const { position } = await this.handle(command, envelope, { kind: 'withdraw' }, rows);
    await this.endSessions(personId, envelope, context);
    return { positions: [position] };
  };

  /** The removal is committed: where this fails, the reaction to it ends them a moment later. */
  private async endSessions(personId: string, envelope: Envelope, context: CallContext): Promise<void> {
    const { leftPeople, logger, recorder } = this.parts;
    await leftPeople
      .endSessionsOf(personId, recorder.now().toISOString(), envelope)
      .catch((error: unknown) => logger.warn({ err: error, requestId: context.requestId }, 'sessions end later'));
  }

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

  private envelope(
    personId: string,
    organisationId: string,
    { actor, policy }: Managing,
    context: CallContext,
  ): Promise<Envelope> {
    return envelopeOf(this.parts.sealer, context, {
      organisationIds: [organisationId],
      actor,
      subject: { kind: 'person', id: personId },
      policyVersion: policy.version,
    });
  }

  /** One commit of what becomes of the membership, and of the link to a first password with it. */
  private async handle(
    command: PersonCommand,
    envelope: Envelope,
    change: LinkChange | null,
    rows: (position: string) => readonly SideRow[],
  ) {
    const { recorder } = this.parts;
    const { personId } = command;
    const linkStream = `first-password-${personId}`;
    let links: Loaded<FirstPasswordState> = { version: 0, state: firstPassword.initialState };
    let isOffered = false;
    const prepare = async () => {
      links = await loadState(recorder.store, firstPassword, linkStream);
      return command;
    };
    try {
      const { position } = await handleCommand(
        recorder,
        person,
        `person-${personId}`,
        prepare,
        () => envelope,
        (_events, _state, at) => {
          const events = change === null ? [] : firstPassword.decide(links.state, linkCommand(personId, change));
          if (change === null || events.length === 0) return { sideRows: rows(at) };
          isOffered = change.kind !== 'withdraw';
          const { append } = streamAppend(recorder, firstPassword, linkStream, links, events, () => envelope);
          const row = change.kind === 'withdraw' ? forgottenLink(personId) : change.link.row;
          return { streams: [append], sideRows: [...rows(at), row] };
        },
      );
      return { position, isOffered };
    } catch (error) {
      throw explainedRefusal(error, 'invalid-fields');
    }
  }
}

const ofOthers =
  'This address belongs to someone of another practice. Ask whoever runs this installation to add them to yours.';

type LinkChange = { readonly kind: 'offer' | 'offer-again'; readonly link: NewLink } | { readonly kind: 'withdraw' };

function linkCommand(personId: string, change: LinkChange): FirstPasswordCommand {
  if (change.kind === 'withdraw') return { kind: 'withdraw', personId };
  const { linkId, expiresAt } = change.link;
  return { kind: change.kind, personId, linkId, expiresAt };
}
