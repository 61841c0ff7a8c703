import {
  DomainError,
  presets,
  presetSchema,
  type CallContext,
  type HandlersOf,
  type identityOperations,
} from '@cofactor/contracts';
import { handleCommand, streamAppend, type Recorder, type SideRow } from '@cofactor/event-sourcing';
import { AppendOutcomeUnknown, isUniqueViolation, type IdempotencyKeys } from '@cofactor/event-store';
import { envelopeOf, networkOf, newId, type Hashing, type PersonalFieldSealer } from '@cofactor/service-kit';
import type { Access } from '../adapters/access';
import {
  emailClaim,
  emailClaimConstraint,
  membershipRow,
  organisationRow,
  personRow,
  type Directory,
} from '../adapters/directory';
import type { Needs } from '../adapters/needs';
import { requireSecondFactor, signedIn } from '../adapters/signed-in';
import { organisation } from '../domain/organisation';
import { refusePassword, shortestPassword } from '../domain/password-rules';
import { emailHint, person } from '../domain/person';

type Handlers = HandlersOf<typeof identityOperations>;
type CreateRequest = Parameters<Handlers['createOrganisation']>[0];

/** Where addresses are sealed; `pending` entries vanish unless they are activated. */
export interface ContactVault {
  indexOf(channel: 'email', value: string): string;
  seal(entry: {
    contactId: string;
    personId: string;
    channel: 'email';
    value: string;
    expiresAt: Date | null;
  }): Promise<void>;
  activate(contactId: string): Promise<unknown>;
  destroy(contactId: string): Promise<void>;
}

export interface OrganisationParts {
  readonly recorder: Recorder;
  readonly directory: Directory;
  readonly access: Access;
  readonly needs: Needs;
  readonly keys: IdempotencyKeys;
  readonly hashing: Hashing;
  readonly sealer: PersonalFieldSealer;
  readonly openName: (personId: string, sealed: string) => Promise<string>;
  readonly contacts: ContactVault;
  readonly passwords: {
    store(personId: string, hash: string): Promise<void>;
    destroy(personId: string): Promise<void>;
  };
  readonly registration: 'open' | 'operator';
}

const secondsUntilForgotten = 3600;

/** Practices, their first manager, and who belongs to them. */
export class Organisations implements Pick<Handlers, 'readInstallation' | 'createOrganisation' | 'listPeople'> {
  constructor(private readonly parts: OrganisationParts) {}

  readonly readInstallation: Handlers['readInstallation'] = async () => ({
    registration: this.parts.registration,
    organisations: (await this.parts.directory.hasOrganisations()) ? 'some' : 'none',
    presets: presetSchema.options.map((preset) => ({
      preset,
      shortestPassword: shortestPassword(presets[preset].enforced),
    })),
  });

  readonly createOrganisation: Handlers['createOrganisation'] = async (request, context) => {
    const { keys, registration } = this.parts;
    if (registration === 'operator') throw new DomainError('registration-closed');
    const { name, email, password } = request.manager;
    const refusal = refusePassword(
      password,
      [name, email.split('@')[0] ?? '', request.name],
      presets[request.preset].enforced,
    );
    if (refusal) {
      const { code, detail } = refusal;
      throw new DomainError(code, { detail, errors: [{ pointer: '/manager/password', detail }] });
    }
    const keyed = { context, scope: keys.sourceScope(context), operation: 'createOrganisation', body: request };
    return keys.once(keyed, (remember) => {
      const [organisationId, personId, contactId] = [newId(), newId(), newId()];
      const reply = {
        organisationId,
        personId,
        positions: [`organisation-${organisationId}@1`, `person-${personId}@2`],
      };
      const rows = remember({ kind: 'reply', reply });
      return this.register(request, { organisationId, personId, contactId }, rows, context).then(() => reply);
    });
  };

  /**
   * Secrets first, where they expire by themselves; then one commit of practice, person and claim; then they stay.
   * A crash in between leaves nothing but an entry that expires, or a fact whose reaction finishes the rest.
   */
  private async register(
    request: CreateRequest,
    ids: { organisationId: string; personId: string; contactId: string },
    remembered: readonly SideRow[],
    context: CallContext,
  ): Promise<void> {
    const { contacts, hashing, passwords, recorder } = this.parts;
    const { manager } = request;
    const hashed = await hashing.withPlace((hasher) => hasher.hash(manager.password), networkOf(context.source.ip));
    const expiresAt = new Date(recorder.now().getTime() + secondsUntilForgotten * 1000);
    await passwords.store(ids.personId, hashed);
    await contacts.seal({ ...ids, channel: 'email', value: manager.email, expiresAt });
    try {
      await this.commit(request, ids, remembered, context);
    } catch (error) {
      // Perhaps it is committed: then the reaction keeps the address, and without their password nobody gets in.
      if (error instanceof AppendOutcomeUnknown) throw error;
      await Promise.all([contacts.destroy(ids.contactId), passwords.destroy(ids.personId)]);
      if (isUniqueViolation(error, emailClaimConstraint)) throw new DomainError('email-taken');
      throw error;
    }
    await contacts.activate(ids.contactId);
  }

  private async commit(
    { name, preset, manager }: CreateRequest,
    { organisationId, personId, contactId }: { organisationId: string; personId: string; contactId: string },
    remembered: readonly SideRow[],
    context: CallContext,
  ): Promise<void> {
    const { recorder, sealer, contacts } = this.parts;
    const sealedName = await sealer.seal(personId, manager.name);
    const concern = {
      organisationIds: [organisationId],
      actor: { kind: 'person', id: personId },
      policyVersion: 1,
    } as const;
    const aboutPractice = await envelopeOf(sealer, context, {
      ...concern,
      subject: { kind: 'organisation', id: organisationId },
    });
    const aboutPerson = await envelopeOf(sealer, context, { ...concern, subject: { kind: 'person', id: personId } });
    const roles = ['administrator'] as const;
    const hint = emailHint(manager.email);
    const fresh = { version: 0, state: person.initialState };
    const joined = person.decide(fresh.state, {
      personId,
      contactId,
      emailHint: hint,
      sealedName,
      organisationId,
      roles,
    });
    const { append } = streamAppend(recorder, person, `person-${personId}`, fresh, joined, () => aboutPerson);
    await handleCommand(
      recorder,
      organisation,
      `organisation-${organisationId}`,
      () => ({ organisationId, name, preset }),
      () => aboutPractice,
      () => ({
        streams: [append],
        sideRows: [
          organisationRow({ organisationId, version: 1, policy: presets[preset] }, name),
          personRow({ personId, emailHint: hint, sealedName }),
          emailClaim(contacts.indexOf('email', manager.email), personId),
          membershipRow(personId, organisationId, roles),
          ...remembered,
        ],
      }),
    );
  }

  readonly listPeople: Handlers['listPeople'] = async ({ token, organisationId }, context) => {
    const { directory, openName } = this.parts;
    const caller = await signedIn(this.parts, token, context);
    const membership = caller.memberships.find((held) => held.organisationId === organisationId);
    if (!membership) throw new DomainError('not-found');
    if (!membership.roles.includes('administrator')) throw new DomainError('not-allowed');
    await requireSecondFactor(this.parts, caller, context);
    const members = await directory.membersOf(organisationId);
    const people = members.map(async ({ personId, emailHint: hint, sealedName, roles }) => ({
      personId,
      name: await openName(personId, sealedName),
      emailHint: hint,
      roles,
    }));
    return { people: await Promise.all(people) };
  };
}
