import { DomainError, type CallContext, type HandlersOf, type identityOperations } from '@cofactor/contracts';
import { handleCommand, loadState, type Recorder } from '@cofactor/event-sourcing';
import { AppendOutcomeUnknown, type Database, type IdempotencyKeys, type Remember } from '@cofactor/event-store';
import { envelopeOf, networkOf, type Hashing, type PersonalFieldSealer } from '@cofactor/service-kit';
import type { Directory, KnownPerson } from '../adapters/directory';
import { forgottenLink, passwordChosen, type FirstPasswordLinks } from '../adapters/first-password-links';
import type { MailsToAdded } from '../adapters/mails-to-added';
import { managing, type ManagingParts } from '../adapters/managing';
import { personEnvelope } from '../adapters/person-envelope';
import { firstPassword, type FirstPasswordCommand } from '../domain/first-password';
import { refusePassword } from '../domain/password-rules';

type Handlers = HandlersOf<typeof identityOperations>;

export interface FirstPasswordParts extends ManagingParts {
  readonly recorder: Recorder;
  readonly database: Pick<Database, 'transaction'>;
  readonly directory: Directory;
  readonly keys: IdempotencyKeys;
  readonly sealer: PersonalFieldSealer;
  readonly hashing: Hashing;
  readonly links: FirstPasswordLinks;
  readonly mails: MailsToAdded;
  readonly passwords: {
    open(personId: string): Promise<string | null>;
    storeFirst(personId: string, hash: string): Promise<boolean>;
    destroy(personId: string): Promise<void>;
  };
  readonly openName: (personId: string, sealed: string) => Promise<string>;
  readonly emailOf: (personId: string) => Promise<string | null>;
}

interface Chosen {
  readonly person: KnownPerson;
  readonly linkId: string;
}

/** The first password of someone who was added by a manager (DESIGN §6.13). */
export class FirstPasswords implements Pick<Handlers, 'sendFirstPassword' | 'chooseFirstPassword'> {
  constructor(private readonly parts: FirstPasswordParts) {}

  /** The link that was sent before is dead. Whoever has a password is told again that they were added; the answer is the same. */
  readonly sendFirstPassword: Handlers['sendFirstPassword'] = async (request, context) => {
    const { database, directory, keys, links, mails, passwords, recorder, sealer } = this.parts;
    const { token, ...asked } = request;
    const { organisationId, personId } = asked;
    const manager = await managing(this.parts, token, organisationId, context);
    const known = await directory.knownPerson(personId);
    if (!known?.memberships.some((held) => held.organisationId === organisationId)) throw new DomainError('not-found');
    const keyed = { context, scope: manager.sessionId, operation: 'sendFirstPassword', body: asked };
    return keys.once(keyed, async (remember) => {
      const envelope = await envelopeOf(sealer, context, {
        organisationIds: [organisationId],
        actor: manager.actor,
        subject: { kind: 'person', id: personId },
        policyVersion: manager.policy.version,
      });
      const link = links.make(personId, recorder.now());
      const { linkId, expiresAt } = link;
      const { events, position } = await handleCommand(
        recorder,
        firstPassword,
        `first-password-${personId}`,
        (): FirstPasswordCommand => ({ kind: 'offer-again', personId, linkId, expiresAt }),
        () => envelope,
        (_events, _state, at) => ({
          sideRows: [link.row, ...remember({ kind: 'reply', reply: { delivery: 'delayed', positions: [at] } })],
        }),
      );
      const isNew = events.length > 0;
      // Of someone who died while choosing; with a link that nobody can use any more.
      if (isNew) await passwords.destroy(personId);
      const mail = { personId, practice: manager.practice, link: isNew ? link : null, envelope };
      const reply = { delivery: await mails.send(mail, context), positions: isNew ? [position] : [] };
      const rows = keys.restated(keyed, { kind: 'reply', reply });
      await database.transaction(async (sql) => {
        for (const row of rows) await sql.query(row.sql, row.parameters);
      });
      return reply;
    });
  };

  readonly chooseFirstPassword: Handlers['chooseFirstPassword'] = async (request, context) => {
    const { keys } = this.parts;
    const keyed = { context, scope: keys.sourceScope(context), operation: 'chooseFirstPassword', body: request };
    return keys.once(keyed, (remember) => this.choose(request, context, remember));
  };

  /**
   * The password is stored first, where there is none, and then the link is used up: of two who use it at the same moment
   * one has a password, and it is theirs. Whoever did not come to use it up takes their password back.
   */
  private async choose(request: { link: string; password: string }, context: CallContext, remember: Remember) {
    const { hashing, passwords, recorder } = this.parts;
    const { password } = request;
    const chosen = await this.workingLink(request.link);
    const { personId } = chosen.person;
    await this.refuseWeak(password, chosen.person);
    const isOurs = await hashing.withPlace(async (hasher) => {
      if (await passwords.storeFirst(personId, await hasher.hash(password))) return true;
      const stored = await passwords.open(personId);
      if (stored === null || !(await hasher.matches(stored, password))) throw new DomainError('link-expired');
      return false;
    }, networkOf(context.source.ip));
    try {
      return { positions: [await this.use(chosen, context, remember)] };
    } catch (error) {
      if (!isOurs || error instanceof AppendOutcomeUnknown) throw error;
      const { state } = await loadState(recorder.store, firstPassword, `first-password-${personId}`);
      if (state.status !== 'chosen') await passwords.destroy(personId);
      throw error;
    }
  }

  /** Throws `link-expired`, the same for a link that never was, that was used, replaced or withdrawn, and that is too old. */
  private async workingLink(token: string): Promise<Chosen> {
    const { directory, links, recorder } = this.parts;
    const link = await links.find(token);
    const person = link && (await directory.knownPerson(link.personId));
    if (!link || !person) throw new DomainError('link-expired');
    const { state } = await loadState(recorder.store, firstPassword, `first-password-${link.personId}`);
    firstPassword.decide(state, { kind: 'choose', ...link, at: recorder.now() });
    return { person, linkId: link.linkId };
  }

  private async use({ person, linkId }: Chosen, context: CallContext, remember: Remember): Promise<string> {
    const { recorder, sealer } = this.parts;
    const { personId } = person;
    const envelope = await personEnvelope(sealer, context, person);
    const { position } = await handleCommand(
      recorder,
      firstPassword,
      `first-password-${personId}`,
      (): FirstPasswordCommand => ({ kind: 'choose', personId, linkId, at: recorder.now() }),
      () => envelope,
      (_events, _state, at) => ({
        sideRows: [
          forgottenLink(personId),
          passwordChosen(personId),
          ...remember({ kind: 'reply', reply: { positions: [at] } }),
        ],
      }),
    );
    return position;
  }

  private async refuseWeak(password: string, { personId, memberships, policies }: KnownPerson): Promise<void> {
    const { directory, emailOf, openName } = this.parts;
    const [row, email] = [await directory.personRow(personId), await emailOf(personId)];
    const name = row ? await openName(personId, row.sealedName) : '';
    const known = [name, email?.split('@')[0] ?? '', ...memberships.map((held) => held.name)];
    const isEnforced = policies.some(({ policy }) => policy.enforced);
    const refusal = refusePassword(password, known, isEnforced);
    if (!refusal) return;
    const { code, detail } = refusal;
    throw new DomainError(code, { detail, errors: [{ pointer: '/password', detail }] });
  }
}
