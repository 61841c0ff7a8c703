import { presets, presetSchema, publicApi, type PublicApi } from '@cofactor/contracts';
import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SERVICES, type Services } from '../adapters/services';
import { Endpoint } from './endpoint.decorator';
import { Request, type Incoming } from './incoming';
import { tellPositions } from './positions';

/** The sign-in rules of practices, and of one person. */
@Controller()
export class PoliciesController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Endpoint(publicApi.listPresets)
  listPresets() {
    return { presets: presetSchema.options.map((preset) => ({ preset, policy: presets[preset] })) };
  }

  @Endpoint(publicApi.readPolicy)
  readPolicy(@Request() { parameters, token, context }: Incoming<PublicApi['readPolicy']>) {
    return this.services.identity.readPolicy({ token, organisationId: parameters.organisationId }, context);
  }

  @Endpoint(publicApi.changePolicy)
  async changePolicy(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['changePolicy']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { organisationId } = parameters;
    const { version, policy, acceptLockOut = [] } = body;
    const change = { token, organisationId, version, policy, acceptLockOut };
    const { positions, ...changed } = await this.services.identity.changePolicy(change, context);
    tellPositions(reply, positions);
    return changed;
  }

  @Endpoint(publicApi.forecastPolicy)
  forecastPolicy(@Request() { body, parameters, query, token, context }: Incoming<PublicApi['forecastPolicy']>) {
    const { organisationId } = parameters;
    const { list, after = null, limit } = query;
    return this.services.identity.forecastPolicy({ token, organisationId, ...body, list, after, limit }, context);
  }

  @Endpoint(publicApi.requireSecondFactorOf)
  async requireSecondFactorOf(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['requireSecondFactorOf']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const asked = { token, personId: parameters.personId, required: body.required };
    const { positions } = await this.services.identity.requireSecondFactorOf(asked, context);
    tellPositions(reply, positions);
  }
}
