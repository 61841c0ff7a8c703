import {
  DomainError,
  factorTypeSchema,
  publicApi,
  type CallContext,
  type FactorType,
  type Permission,
  type PublicApi,
} from '@cofactor/contracts';
import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SERVICES, type Services } from '../adapters/services';
import { Endpoint } from './endpoint.decorator';
import { Request, type Incoming } from './incoming';
import { tellPositions } from './positions';
import { handOver } from './token-transport';

const typeIn = (parameters: { readonly type: string }): FactorType => {
  const type = factorTypeSchema.safeParse(parameters.type);
  if (!type.success) throw new DomainError('not-found');
  return type.data;
};

/** The own factors. Each change carries identity's statement to the owner of factors. */
@Controller()
export class FactorsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  /** Answered by the owners of the facts, so the caller's own writes are always in it (DESIGN §6.8). */
  @Endpoint(publicApi.listFactors)
  async listFactors(@Request() { token, context }: Incoming<PublicApi['listFactors']>) {
    const [factors, usage] = await Promise.all([
      this.authorise(token, 'read-factors', context),
      this.authorise(token, 'read-usage', context),
    ]);
    const held = await this.services.factorEnrollment.readFactors({ statement: factors.statement }, context);
    const codes = held.recoveryCodes;
    const credentialIds = [
      ...held.factors.map(({ credentialId }) => credentialId),
      ...(codes ? [codes.credentialId] : []),
    ];
    const used = await this.services.challenge.readUsage({ statement: usage.statement, credentialIds }, context);
    const usageOf = (credentialId: string) => used.usage.find((entry) => entry.credentialId === credentialId);
    return {
      factors: held.factors.map((factor) => ({
        ...factor,
        status: usageOf(factor.credentialId)?.disabled ? 'disabled' : 'active',
        lastUsedAt: usageOf(factor.credentialId)?.lastUsedAt ?? null,
      })),
      recoveryCodes: { remaining: codes ? codes.count - (usageOf(codes.credentialId)?.spent ?? 0) : 0 },
      setUp: held.setUp,
      allowed: held.allowed,
      recommended: held.recommended,
      smsCountries: held.smsCountries,
      frozenUntil: held.frozenUntil,
      roleChanges: held.roleChanges,
    };
  }

  @Endpoint(publicApi.startEnrolment)
  async startEnrolment(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['startEnrolment']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { password, ...fields } = body;
    const type = typeIn(parameters);
    const { statement, accountLabel } = await this.authorise(token, 'enrol-factor', context, password);
    const started = await this.services.factorEnrollment.startEnrolment(
      { statement, type, fields, accountLabel: accountLabel ?? '' },
      context,
    );
    const { details, positions, ...rest } = started;
    tellPositions(reply, positions);
    return { ...details, ...rest };
  }

  @Endpoint(publicApi.resendEnrolmentCode)
  async resendEnrolmentCode(
    @Request() { parameters, token, context }: Incoming<PublicApi['resendEnrolmentCode']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const type = typeIn(parameters);
    const { statement } = await this.authorise(token, 'confirm-enrolment', context);
    const asked = { statement, type, enrolmentId: parameters.enrolmentId };
    const { positions, ...rest } = await this.services.factorEnrollment.resendEnrolmentCode(asked, context);
    tellPositions(reply, positions);
    return rest;
  }

  @Endpoint(publicApi.confirmEnrolment)
  async confirmEnrolment(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['confirmEnrolment']>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { factorEnrollment, identity } = this.services;
    const { enrolmentId } = parameters;
    const type = typeIn(parameters);
    const { statement } = await this.authorise(token, 'confirm-enrolment', context);
    const confirmed = await factorEnrollment.confirmEnrolment({ statement, type, enrolmentId, answer: body }, context);
    const accepted = await identity.acceptProof({ token, proof: confirmed.proof }, context);
    tellPositions(reply, [...confirmed.positions, ...accepted.positions]);
    return {
      credentialId: confirmed.credentialId,
      ...(confirmed.recoveryCodes ? { recoveryCodes: confirmed.recoveryCodes } : {}),
      next: accepted.next,
      ...handOver(request, reply, accepted.token),
    };
  }

  @Endpoint(publicApi.changeRoles)
  async changeRoles(
    @Request() { body, token, context }: Incoming<PublicApi['changeRoles']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { statement } = await this.authorise(token, 'change-factor-roles', context);
    const { positions } = await this.services.factorEnrollment.changeRoles({ statement, ...body }, context);
    tellPositions(reply, positions);
    return body;
  }

  @Endpoint(publicApi.revokeFactor)
  async revokeFactor(
    @Request() { body, parameters, token, context }: Incoming<PublicApi['revokeFactor']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { statement } = await this.authorise(token, 'revoke-factor', context, body?.password);
    const { credentialId } = parameters;
    const { positions } = await this.services.factorEnrollment.revokeFactor({ statement, credentialId }, context);
    tellPositions(reply, positions);
  }

  @Endpoint(publicApi.issueRecoveryCodes)
  async issueRecoveryCodes(
    @Request() { body, token, context }: Incoming<PublicApi['issueRecoveryCodes']>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { statement } = await this.authorise(token, 'issue-recovery-codes', context, body.password);
    const { recoveryCodes, positions } = await this.services.factorEnrollment.issueRecoveryCodes(
      { statement },
      context,
    );
    tellPositions(reply, positions);
    return { recoveryCodes };
  }

  private authorise(token: string, permission: Permission, context: CallContext, password: string | null = null) {
    return this.services.identity.authorise(
      { token, permission, signInId: null, organisationId: null, password },
      context,
    );
  }
}
