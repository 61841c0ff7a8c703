import { DomainError, publicApi, type PersonSummary, type PublicApi } from '@cofactor/contracts';
import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SERVICES, type Services } from '../adapters/services';
import { Endpoint } from './endpoint.decorator';
import { Request, type Incoming } from './incoming';
import { tellPositions } from './positions';

/** Who belongs to a practice. */
@Controller()
export class PeopleController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Endpoint(publicApi.listPeople)
  async listPeople(@Request() { parameters, query, token, context }: Incoming<PublicApi['listPeople']>) {
    const { after = null, limit, secondFactor = null } = query;
    const asked = { token, organisationId: parameters.organisationId, after, limit, secondFactor };
    const { people, next } = await this.services.identity.listPeople(asked, context);
    return { people: people.map(personReply), next };
  }

  @Endpoint(publicApi.readPerson)
  async readPerson(@Request() { parameters, token, context }: Incoming<PublicApi['readPerson']>) {
    const { organisationId, personId } = parameters;
    return personReply(await this.services.identity.readPerson({ token, organisationId, personId }, context));
  }

  @Endpoint(publicApi.addPerson)
  async addPerson(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['addPerson']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { organisationId } = parameters;
    const { siteIds = [], ...person } = body;
    const asked = { token, organisationId, ...person, siteIds };
    const { positions, ...added } = await this.services.identity.addPerson(asked, context);
    tellPositions(reply, positions);
    return added;
  }

  @Endpoint(publicApi.sendFirstPassword)
  async sendFirstPassword(
    @Request() { parameters, token, context }: Incoming<PublicApi['sendFirstPassword']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { organisationId, personId } = parameters;
    const asked = { token, organisationId, personId };
    const { positions, ...sent } = await this.services.identity.sendFirstPassword(asked, context);
    tellPositions(reply, positions);
    return sent;
  }

  @Endpoint(publicApi.chooseFirstPassword)
  async chooseFirstPassword(
    @Request() { body, context }: Incoming<PublicApi['chooseFirstPassword']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const asked = { link: body.token, password: body.password };
    tellPositions(reply, (await this.services.identity.chooseFirstPassword(asked, context)).positions);
  }

  @Endpoint(publicApi.changePerson)
  async changePerson(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['changePerson']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { organisationId, personId } = parameters;
    const asked = { token, organisationId, personId, ...body };
    tellPositions(reply, (await this.services.identity.changePerson(asked, context)).positions);
  }

  @Endpoint(publicApi.removePerson)
  async removePerson(
    @Request() { parameters, token, context }: Incoming<PublicApi['removePerson']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { organisationId, personId } = parameters;
    const asked = { token, organisationId, personId };
    tellPositions(reply, (await this.services.identity.removePerson(asked, context)).positions);
  }
}

/** A release that does not say how far people are is older than this one, and about to go. */
function personReply({ secondFactor, ...person }: PersonSummary) {
  if (secondFactor === null) throw new DomainError('unavailable', { retryAfter: 5 });
  return { ...person, secondFactor };
}
