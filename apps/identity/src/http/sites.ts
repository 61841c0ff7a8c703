import type { CallContext, HandlersOf, identityOperations } from '@cofactor/contracts';
import { handleCommand, type Recorder, type SideRow } from '@cofactor/event-sourcing';
import type { IdempotencyKeys } from '@cofactor/event-store';
import { envelopeOf, newId, type PersonalFieldSealer } from '@cofactor/service-kit';
import { managing, type Managing, type ManagingParts } from '../adapters/managing';
import { explainedRefusal, removedSite, siteRow, type SiteDirectory } from '../adapters/members';
import { organisation, type OrganisationCommand } from '../domain/organisation';

type Handlers = HandlersOf<typeof identityOperations>;

export interface SiteParts extends ManagingParts {
  readonly recorder: Recorder;
  readonly siteDirectory: SiteDirectory;
  readonly keys: IdempotencyKeys;
  readonly sealer: PersonalFieldSealer;
}

/** The sites of practices. Whoever belongs to one is under the rules of the whole practice (PRODUCT HC8). */
export class Sites implements Pick<Handlers, 'listSites' | 'addSite' | 'renameSite' | 'removeSite'> {
  constructor(private readonly parts: SiteParts) {}

  readonly listSites: Handlers['listSites'] = async ({ token, organisationId }, context) => {
    await managing(this.parts, token, organisationId, context);
    return { sites: await this.parts.siteDirectory.sitesOf(organisationId) };
  };

  readonly addSite: Handlers['addSite'] = async ({ token, organisationId, name }, context) => {
    const manager = await managing(this.parts, token, organisationId, context);
    const keyed = { context, scope: manager.sessionId, operation: 'addSite', body: { organisationId, name } };
    return this.parts.keys.once(keyed, async (remember) => {
      const siteId = newId();
      const command = { kind: 'add-site', organisationId, siteId, name } as const;
      const { position } = await this.handle(command, manager, context, (at) => [
        siteRow(organisationId, siteId, name),
        ...remember({ kind: 'reply', reply: { siteId, positions: [at] } }),
      ]);
      return { siteId, positions: [position] };
    });
  };

  readonly renameSite: Handlers['renameSite'] = async ({ token, organisationId, siteId, name }, context) => {
    const manager = await managing(this.parts, token, organisationId, context);
    const command = { kind: 'rename-site', organisationId, siteId, name } as const;
    const { position } = await this.handle(command, manager, context, () => [siteRow(organisationId, siteId, name)]);
    return { positions: [position] };
  };

  readonly removeSite: Handlers['removeSite'] = async ({ token, organisationId, siteId }, context) => {
    const manager = await managing(this.parts, token, organisationId, context);
    const command = { kind: 'remove-site', organisationId, siteId } as const;
    const { position } = await this.handle(command, manager, context, () => [removedSite(organisationId, siteId)]);
    return { positions: [position] };
  };

  private async handle(
    command: OrganisationCommand,
    { actor, policy }: Managing,
    context: CallContext,
    rows: (position: string) => readonly SideRow[],
  ) {
    const { organisationId } = command;
    const stream = `organisation-${organisationId}`;
    const envelope = await envelopeOf(this.parts.sealer, context, {
      organisationIds: [organisationId],
      actor,
      subject: { kind: 'organisation', id: organisationId },
      policyVersion: policy.version,
    });
    try {
      return await handleCommand(
        this.parts.recorder,
        organisation,
        stream,
        () => command,
        () => envelope,
        (_events, _state, position) => ({ sideRows: rows(position) }),
      );
    } catch (error) {
      throw explainedRefusal(error, 'site-in-use');
    }
  }
}
