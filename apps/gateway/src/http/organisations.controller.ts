import { publicApi, type PublicApi } from '@cofactor/contracts';
import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SERVICES, type Services } from '../adapters/services';
import { Endpoint } from './endpoint.decorator';
import { Request, type Incoming } from './incoming';
import { tellPositions } from './positions';

/** Practices and what happened in them. */
@Controller()
export class OrganisationsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Endpoint(publicApi.readInstallation)
  readInstallation(@Request() { context }: Incoming<PublicApi['readInstallation']>) {
    return this.services.identity.readInstallation({}, context);
  }

  @Endpoint(publicApi.listOrganisations)
  listOrganisations(@Request() { query, token, context }: Incoming<PublicApi['listOrganisations']>) {
    const { after = null, limit } = query;
    return this.services.identity.listOrganisations({ token, after, limit }, context);
  }

  @Endpoint(publicApi.createOrganisation)
  async createOrganisation(
    @Request() { body, token, context }: Incoming<PublicApi['createOrganisation']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = { ...body, token: token === '' ? null : token };
    const { positions, ...created } = await this.services.identity.createOrganisation(asked, context);
    tellPositions(reply, positions);
    return created;
  }

  @Endpoint(publicApi.listAuditRecords)
  async listAuditRecords(
    @Request() { parameters, query, readAfter, token, context }: Incoming<PublicApi['listAuditRecords']>,
  ) {
    const { organisationId } = parameters;
    const asked = { token, permission: 'read-audit', signInId: null, organisationId, password: null } as const;
    const { statement } = await this.services.identity.authorise(asked, context);
    const { after = null, limit, subject = null, type = null, from, to } = query;
    return this.services.audit.listRecords(
      {
        statement,
        organisationId,
        after,
        limit,
        subject,
        type,
        from: from === undefined ? null : new Date(from).toISOString(),
        to: to === undefined ? null : new Date(to).toISOString(),
        readAfter: [...readAfter],
      },
      context,
    );
  }
}
