import { publicApi, type PublicApi } from '@cofactor/contracts';
import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SERVICES, type Services } from '../adapters/services';
import { Endpoint } from './endpoint.decorator';
import { Request, type Incoming } from './incoming';
import { tellPositions } from './positions';
import { takeBack } from './token-transport';

/** The signed-in person and where they are signed in. */
@Controller()
export class AccountController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Endpoint(publicApi.readSession)
  readSession(@Request() { token, context }: Incoming<PublicApi['readSession']>) {
    return this.services.identity.readSession({ token }, context);
  }

  @Endpoint(publicApi.endSession)
  async endSession(
    @Request() { token, context }: Incoming<PublicApi['endSession']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { positions } = await this.services.identity.endSession({ token, sessionId: null }, context);
    tellPositions(reply, positions);
    takeBack(reply);
  }

  @Endpoint(publicApi.readMe)
  readMe(@Request() { token, context }: Incoming<PublicApi['readMe']>) {
    return this.services.identity.readMe({ token }, context);
  }

  @Endpoint(publicApi.listSessions)
  listSessions(@Request() { token, context }: Incoming<PublicApi['listSessions']>) {
    return this.services.identity.listSessions({ token }, context);
  }

  @Endpoint(publicApi.endOwnSession)
  async endOwnSession(
    @Request() { parameters, token, context }: Incoming<PublicApi['endOwnSession']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { sessionId } = parameters;
    const { positions } = await this.services.identity.endSession({ token, sessionId }, context);
    tellPositions(reply, positions);
  }
}
