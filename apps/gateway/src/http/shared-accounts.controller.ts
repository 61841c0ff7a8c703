import { publicApi, type PublicApi } from '@cofactor/contracts';
import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SERVICES, type Services } from '../adapters/services';
import { Endpoint } from './endpoint.decorator';
import { Request, type Incoming } from './incoming';
import { tellPositions } from './positions';

/** Accounts that several people share. */
@Controller()
export class SharedAccountsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Endpoint(publicApi.listSharedAccounts)
  listSharedAccounts(@Request() { parameters, query, token, context }: Incoming<PublicApi['listSharedAccounts']>) {
    const { organisationId } = parameters;
    const { after = null, limit } = query;
    return this.services.identity.listSharedAccounts({ token, organisationId, after, limit }, context);
  }

  @Endpoint(publicApi.decideSharedAccount)
  async decideSharedAccount(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['decideSharedAccount']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { organisationId, personId } = parameters;
    const { shared, reason = null } = body;
    const asked = { token, organisationId, personId, shared, reason };
    const { positions } = await this.services.identity.decideSharedAccount(asked, context);
    tellPositions(reply, positions);
  }
}
