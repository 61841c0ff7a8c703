import { publicApi, type PublicApi } from '@cofactor/contracts';
import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SERVICES, type Services } from '../adapters/services';
import { Endpoint } from './endpoint.decorator';
import { Request, type Incoming } from './incoming';
import { tellPositions } from './positions';

/** "This was not me": whoever reads the person's mail can stop changes, and needs nothing else (PRODUCT HE8). */
@Controller()
export class ReportsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Endpoint(publicApi.reportNotMine)
  async reportNotMine(
    @Request() { body, context }: Incoming<PublicApi['reportNotMine']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { frozenUntil, positions } = await this.services.factorEnrollment.freezeChanges(body, context);
    tellPositions(reply, positions);
    return { frozenUntil };
  }
}
