import { publicApi, type PublicApi } from '@cofactor/contracts';
import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SERVICES, type Services } from '../adapters/services';
import { Endpoint } from './endpoint.decorator';
import { Request, type Incoming } from './incoming';
import { tellPositions } from './positions';
import { decideReset, toldOfReset } from './resets.controller';

/** The help desk of the installation, and its people. */
@Controller()
export class SupportController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Endpoint(publicApi.listSupportStaff)
  listSupportStaff(@Request() { token, context }: Incoming<PublicApi['listSupportStaff']>) {
    return this.services.identity.listSupportStaff({ token }, context);
  }

  @Endpoint(publicApi.appointSupport)
  async appointSupport(
    @Request() { body, token, context }: Incoming<PublicApi['appointSupport']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = { token, ...body };
    const { personId, password, positions } = await this.services.identity.appointSupport(asked, context);
    tellPositions(reply, positions);
    return { personId, ...(password === null ? {} : { password }) };
  }

  @Endpoint(publicApi.dismissSupport)
  async dismissSupport(
    @Request() { parameters, token, context }: Incoming<PublicApi['dismissSupport']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { personId } = parameters;
    const { positions } = await this.services.identity.dismissSupport({ token, personId }, context);
    tellPositions(reply, positions);
  }

  @Endpoint(publicApi.lookUpPerson)
  async lookUpPerson(
    @Request() { body, token, context }: Incoming<PublicApi['lookUpPerson']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { email } = body;
    const { positions, ...found } = await this.services.identity.lookUpPerson({ token, email }, context);
    tellPositions(reply, positions);
    return found;
  }

  @Endpoint(publicApi.openSupportCase)
  async openSupportCase(
    @Request() { body, token, context }: Incoming<PublicApi['openSupportCase']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { lookUpId } = body;
    const { positions, caseId } = await this.services.identity.openSupportCase({ token, lookUpId }, context);
    tellPositions(reply, positions);
    return { caseId };
  }

  @Endpoint(publicApi.readSupportCase)
  readSupportCase(@Request() { parameters, token, context }: Incoming<PublicApi['readSupportCase']>) {
    return this.services.identity.readSupportCase({ token, caseId: parameters.caseId }, context);
  }

  @Endpoint(publicApi.recordSupportStep)
  async recordSupportStep(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['recordSupportStep']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { caseId } = parameters;
    const recorded = await this.services.identity.recordSupportStep({ token, caseId, ...body }, context);
    tellPositions(reply, recorded.positions);
    return { missing: recorded.missing };
  }

  /** What was found is in the case, sealed; the reset itself carries no words. */
  @Endpoint(publicApi.resetBySupport)
  async resetBySupport(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['resetBySupport']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { password = null } = body;
    const asked = { token, caseId: parameters.caseId, password };
    const { statement } = await this.services.identity.authoriseSupportReset(asked, context);
    return toldOfReset(
      reply,
      await this.services.factorEnrollment.requestReset({ statement, explanation: null }, context),
    );
  }

  @Endpoint(publicApi.listReports)
  listReports(@Request() { token, context }: Incoming<PublicApi['listReports']>) {
    return this.services.identity.listReports({ token }, context);
  }

  @Endpoint(publicApi.listSupportResets)
  listSupportResets(@Request() { token, context }: Incoming<PublicApi['listSupportResets']>) {
    return this.services.identity.listResets({ token, organisationId: null }, context);
  }

  @Endpoint(publicApi.approveSupportReset)
  approveSupportReset(
    @Request() { parameters, ...incoming }: Incoming<PublicApi['approveSupportReset']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return decideReset(this.services, 'approve', { ...incoming, ...parameters, organisationId: null }, reply);
  }

  @Endpoint(publicApi.refuseSupportReset)
  refuseSupportReset(
    @Request() { parameters, ...incoming }: Incoming<PublicApi['refuseSupportReset']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return decideReset(this.services, 'refuse', { ...incoming, ...parameters, organisationId: null }, reply);
  }
}
