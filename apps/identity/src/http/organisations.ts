import {
  DomainError,
  presets,
  presetSchema,
  type Actor,
  type CallContext,
  type HandlersOf,
  type identityOperations,
} from '@cofactor/contracts';
import { handleCommand, streamAppend, type Recorder, type SideRow } from '@cofactor/event-sourcing';
import type { IdempotencyKeys } from '@cofactor/event-store';
import { comparableName } from '@cofactor/policy';
import { envelopeOf, newId, type PersonalFieldSealer } from '@cofactor/service-kit';
import type { Access } from '../adapters/access';
import { emailClaim, membershipRow, organisationRow, personRow, type Directory } from '../adapters/directory';
import type { Needs } from '../adapters/needs';
import type { PolicyDirectory } from '../adapters/policy-directory';
import type { Registration } from '../adapters/registration';
import { signedInOperator } from '../adapters/signed-in';
import { organisation, type OrganisationState } from '../domain/organisation';
import { refusePassword, shortestPassword } from '../domain/password-rules';
import { maskedEmail } from '@cofactor/factors';
import { person } from '../domain/person';

type Handlers = HandlersOf<typeof identityOperations>;
type CreateRequest = Omit<Parameters<Handlers['createOrganisation']>[0], 'token'>;

export interface OrganisationParts {
  readonly recorder: Recorder;
  readonly directory: Directory;
  readonly policies: Pick<PolicyDirectory, 'practices'>;
  readonly access: Access;
  readonly needs: Needs;
  readonly keys: IdempotencyKeys;
  readonly sealer: PersonalFieldSealer;
  readonly registering: Registration;
  readonly emailIndex: (email: string) => string;
  readonly nameIndex: (comparableName: string) => string;
  readonly registration: 'open' | 'operator';
}

interface NewIds {
  readonly organisationId: string;
  readonly personId: string;
  readonly contactId: string;
}

/** Practices, and their first manager. */
export class Organisations implements Pick<Handlers, 'readInstallation' | 'listOrganisations' | 'createOrganisation'> {
  constructor(private readonly parts: OrganisationParts) {}

  readonly readInstallation: Handlers['readInstallation'] = async () => ({
    registration: this.parts.registration,
    organisations: (await this.parts.directory.hasOrganisations()) ? 'some' : 'none',
    presets: presetSchema.options.map((preset) => ({
      preset,
      shortestPassword: shortestPassword(presets[preset].enforced),
    })),
  });

  readonly listOrganisations: Handlers['listOrganisations'] = async ({ token, after, limit }, context) => {
    await signedInOperator(this.parts, token, 'not-allowed', context);
    const found = await this.parts.policies.practices(after, limit + 1);
    const organisations = found.slice(0, limit);
    return {
      organisations,
      next: found.length > limit ? (organisations.at(-1)?.organisationId ?? null) : null,
    };
  };

  readonly createOrganisation: Handlers['createOrganisation'] = async ({ token, ...request }, context) => {
    const { keys, registering, registration } = this.parts;
    const operator =
      registration === 'operator' ? await signedInOperator(this.parts, token, 'registration-closed', context) : null;
    refuseWeak(request);
    const scope = operator?.sessionId ?? keys.sourceScope(context);
    const keyed = { context, scope, operation: 'createOrganisation', body: request };
    return keys.once(keyed, async (remember) => {
      const ids = { organisationId: newId(), personId: newId(), contactId: newId() };
      const { organisationId, personId } = ids;
      const positions = [`organisation-${organisationId}@1`, `person-${personId}@2`];
      const reply = { organisationId, personId, positions };
      const actor: Actor = operator ? { kind: 'operator', id: operator.personId } : { kind: 'person', id: personId };
      const rows = remember({ kind: 'reply', reply });
      const registrant = { ...ids, email: request.manager.email, password: request.manager.password };
      const commit = () => this.commit(request, ids, actor, rows, context);
      await registering.register(registrant, context.source.ip, commit);
      return reply;
    });
  };

  private async commit(
    { name, preset, manager }: CreateRequest,
    { organisationId, personId, contactId }: NewIds,
    actor: Actor,
    remembered: readonly SideRow[],
    context: CallContext,
  ): Promise<void> {
    const { recorder, sealer, emailIndex } = this.parts;
    const sealedName = await sealer.seal(personId, manager.name);
    const concern = {
      organisationIds: [organisationId],
      actor,
      policyVersion: 1,
    } as const;
    const aboutPractice = await envelopeOf(sealer, context, {
      ...concern,
      subject: { kind: 'organisation', id: organisationId },
    });
    const aboutPerson = await envelopeOf(sealer, context, { ...concern, subject: { kind: 'person', id: personId } });
    const roles = ['administrator'] as const;
    const hint = maskedEmail(manager.email);
    const nameIndex = this.parts.nameIndex(comparableName(manager.email));
    const fresh = { version: 0, state: person.initialState };
    const joined = person.decide(fresh.state, {
      kind: 'register-in-organisation',
      personId,
      contactId,
      emailHint: hint,
      sealedName,
      organisationId,
      roles,
      siteIds: [],
    });
    const { append } = streamAppend(recorder, person, `person-${personId}`, fresh, joined, () => aboutPerson);
    await handleCommand(
      recorder,
      organisation,
      `organisation-${organisationId}`,
      () => ({ kind: 'create', organisationId, name, preset }) as const,
      () => aboutPractice,
      (_events, state) => ({
        streams: [append],
        sideRows: [
          ...rowsOf(state, organisationId, name),
          personRow({ personId, emailHint: hint, sealedName, nameIndex, passwordMissing: false }),
          emailClaim(emailIndex(manager.email), personId),
          membershipRow(personId, organisationId, roles),
          ...remembered,
        ],
      }),
    );
  }
}

/** The row of a practice that is there, as its events say. */
function rowsOf(state: OrganisationState, organisationId: string, name: string): readonly SideRow[] {
  if (state.status === 'absent') return [];
  return [organisationRow({ organisationId, version: state.policyVersion, policy: state.policy }, name)];
}

function refuseWeak({ name, preset, manager }: CreateRequest): void {
  const { email, password } = manager;
  const known = [manager.name, email.split('@')[0] ?? '', name];
  const refusal = refusePassword(password, known, presets[preset].enforced);
  if (!refusal) return;
  const { code, detail } = refusal;
  throw new DomainError(code, { detail, errors: [{ pointer: '/manager/password', detail }] });
}
