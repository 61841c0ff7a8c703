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

  /** The caller's own session ends with it, but not while it waits for an approval. */
  @Endpoint(publicApi.resetOwnFactors)
  async resetOwnFactors(
    @Request() { body, token, context }: Incoming<PublicApi['resetOwnFactors']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { password } = body;
    const { statement } = await this.services.identity.authoriseReset({ token, member: null, password }, context);
    const reset = await this.services.factorEnrollment.requestReset({ statement, explanation: null }, context);
    if (reset.status === 'done') takeBack(reply);
    return toldOfReset(reply, reset);
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
    return toldOfReset(reply, reset);
  }

  @Endpoint(publicApi.listResets)
  listResets(@Request() { parameters, token, context }: Incoming<PublicApi['listResets']>) {
    return this.services.identity.listResets({ token, organisationId: parameters.organisationId }, context);
  }

  @Endpoint(publicApi.approveReset)
  approveReset(
    @Request() { parameters, ...incoming }: Incoming<PublicApi['approveReset']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return decideReset(this.services, 'approve', { ...incoming, ...parameters }, reply);
  }

  @Endpoint(publicApi.refuseReset)
  refuseReset(
    @Request() { parameters, ...incoming }: Incoming<PublicApi['refuseReset']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return decideReset(this.services, 'refuse', { ...incoming, ...parameters }, reply);
  }
}

type Decision = Pick<Incoming<PublicApi['approveReset']>, 'body' | 'token' | 'context'> & {
  readonly resetId: string;
  /** Null: in the name of support. */
  readonly organisationId: string | null;
};

/** Carries what somebody decides on a reset that waits. */
export async function decideReset(
  { identity, factorEnrollment }: Services,
  decision: 'approve' | 'refuse',
  { body, token, context, resetId, organisationId }: Decision,
  reply: FastifyReply,
) {
  const { password = null } = body;
  const { statement } = await identity.authoriseResetDecision({ token, resetId, organisationId, password }, context);
  const { positions, ...rest } = await factorEnrollment.decideReset({ statement, decision }, context);
  tellPositions(reply, positions);
  return rest;
}

type Reset = Awaited<ReturnType<Services['factorEnrollment']['requestReset']>>;

/** What a caller is told of a reset that they asked for. */
export function toldOfReset(reply: FastifyReply, { resetId, status, expiresAt, positions }: Reset) {
  tellPositions(reply, positions);
  return { resetId, status, ...(expiresAt === null ? {} : { expiresAt }) };
}
