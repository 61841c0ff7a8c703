import { publicApi, type PublicApi } from '@cofactor/contracts';
import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SERVICES, type Services } from '../adapters/services';
import { Endpoint } from './endpoint.decorator';
import { Request, type Incoming } from './incoming';
import { tellPositions } from './positions';
import { takeBack } from './token-transport';

/** Resets of two-factor authentication. Each carries identity's statement to the owner of factors. */
@Controller()
export class ResetsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  /** The caller's own session ends with it. */
  @Endpoint(publicApi.resetOwnFactors)
  async resetOwnFactors(
    @Request() { body, token, context }: Incoming<PublicApi['resetOwnFactors']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { password } = body;
    const { statement } = await this.services.identity.authoriseReset({ token, member: null, password }, context);
    const reset = await this.services.factorEnrollment.requestReset({ statement, explanation: null }, context);
    const { positions, ...rest } = reset;
    tellPositions(reply, positions);
    takeBack(reply);
    return rest;
  }

  @Endpoint(publicApi.resetMember)
  async resetMember(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['resetMember']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { reason: explanation, password = null } = body;
    const { organisationId, personId } = parameters;
    const member = { organisationId, personId };
    const { statement } = await this.services.identity.authoriseReset({ token, member, password }, context);
    const reset = await this.services.factorEnrollment.requestReset({ statement, explanation }, context);
    const { positions, ...rest } = reset;
    tellPositions(reply, positions);
    return rest;
  }
}
