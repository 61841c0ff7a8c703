import { publicApi, type PublicApi } from '@cofactor/contracts';
import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SERVICES, type Services } from '../adapters/services';
import { Endpoint } from './endpoint.decorator';
import { Request, type Incoming } from './incoming';
import { tellPositions } from './positions';

/** The sites of a practice. */
@Controller()
export class SitesController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Endpoint(publicApi.listSites)
  listSites(@Request() { parameters, token, context }: Incoming<PublicApi['listSites']>) {
    return this.services.identity.listSites({ token, organisationId: parameters.organisationId }, context);
  }

  @Endpoint(publicApi.addSite)
  async addSite(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['addSite']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = { token, organisationId: parameters.organisationId, name: body.name };
    const { positions, ...added } = await this.services.identity.addSite(asked, context);
    tellPositions(reply, positions);
    return added;
  }

  @Endpoint(publicApi.renameSite)
  async renameSite(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['renameSite']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { organisationId, siteId } = parameters;
    const asked = { token, organisationId, siteId, name: body.name };
    tellPositions(reply, (await this.services.identity.renameSite(asked, context)).positions);
  }

  @Endpoint(publicApi.removeSite)
  async removeSite(
    @Request() { parameters, token, context }: Incoming<PublicApi['removeSite']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { organisationId, siteId } = parameters;
    tellPositions(
      reply,
      (await this.services.identity.removeSite({ token, organisationId, siteId }, context)).positions,
    );
  }
}
