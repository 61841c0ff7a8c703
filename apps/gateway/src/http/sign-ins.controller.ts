import { DomainError, publicApi, type PublicApi } from '@cofactor/contracts';
import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SERVICES, type Services } from '../adapters/services';
import { Endpoint } from './endpoint.decorator';
import { Request, type Incoming } from './incoming';
import { tellPositions } from './positions';
import { handOver } from './token-transport';

/** From the password to the session: identity says who and what next, challenge says whether the code was right. */
@Controller()
export class SignInsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Endpoint(publicApi.startSignIn)
  async startSignIn(
    @Request() { body, context }: Incoming<PublicApi['startSignIn']>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { signInId, token, next, positions } = await this.services.identity.startSignIn(body, context);
    tellPositions(reply, positions);
    return { signInId, ...handOver(request, reply, token), next };
  }

  @Endpoint(publicApi.readSignIn)
  readSignIn(@Request() { parameters, token, context }: Incoming<PublicApi['readSignIn']>) {
    return this.services.identity.readSignIn({ token, signInId: parameters.signInId }, context);
  }

  @Endpoint(publicApi.issueChallenge)
  async issueChallenge(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['issueChallenge']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const statement = await this.mayBeChallenged(token, parameters.signInId, context);
    const { credentialId, challengeId = null } = body;
    const issued = await this.services.challenge.issueChallenge({ statement, credentialId, challengeId }, context);
    const { positions, details, ...rest } = issued;
    tellPositions(reply, positions);
    return { ...details, ...rest };
  }

  /** A crash after the code was accepted costs nothing: the same answer gives the same proof again (DESIGN §6.4). */
  @Endpoint(publicApi.answerChallenge)
  async answerChallenge(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['answerChallenge']>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { signInId, challengeId } = parameters;
    const { challenge, identity } = this.services;
    const statement = await this.mayBeChallenged(token, signInId, context);
    const answered = await challenge.answerChallenge({ statement, challengeId, answer: body }, context);
    const accepted = await identity.acceptProof({ token, proof: answered.proof }, context);
    const replaced = await this.replacedCode(accepted.replacement, context);
    tellPositions(reply, [...answered.positions, ...accepted.positions, ...replaced.positions]);
    return {
      signInId,
      ...handOver(request, reply, accepted.token),
      ...(replaced.recoveryCodes ? { recoveryCodes: replaced.recoveryCodes } : {}),
      next: accepted.next,
    };
  }

  /** The sign-in stands without it: a code that could not be replaced now is made on the page of security. */
  private async replacedCode(statement: string | null, context: Incoming<PublicApi['answerChallenge']>['context']) {
    const none = { recoveryCodes: null, positions: [] };
    if (statement === null) return none;
    return this.services.factorEnrollment.replaceRecoveryCode({ statement }, context).catch((error: unknown) => {
      if (error instanceof DomainError) return none;
      throw error;
    });
  }

  private async mayBeChallenged(
    token: string,
    signInId: string,
    context: Incoming<PublicApi['readSignIn']>['context'],
  ) {
    const asked = { token, permission: 'challenge', signInId, organisationId: null, password: null } as const;
    return (await this.services.identity.authorise(asked, context)).statement;
  }
}
