import { DomainError, problemBody, type ProblemCode } from '@cofactor/contracts';
import type { Logger } from '@cofactor/service-kit';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

const codeOfStatus: Readonly<Record<number, ProblemCode>> = {
  400: 'malformed-request',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'payload-too-large',
  414: 'malformed-request',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
};

const statusOf = (error: unknown): number | null => {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return null;
};

/** Every error that leaves the process, as RFC 9457 problem+json; no stack, no message of a library. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    sendProblem(reply, request, this.refusalOf(error, request));
  }

  private refusalOf(error: unknown, request: FastifyRequest): DomainError {
    if (error instanceof DomainError) return error;
    const code = codeOfStatus[statusOf(error) ?? 500];
    if (code) return new DomainError(code);
    this.logger.error({ err: error, requestId: request.id }, 'request failed');
    return new DomainError('internal');
  }
}

export function sendProblem(reply: FastifyReply, request: FastifyRequest, refusal: DomainError): void {
  const body = problemBody(refusal, request.id);
  const { retryAfter } = refusal.extras;
  if (retryAfter !== undefined) void reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfter))));
  if (body.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.status(body.status).header('content-type', 'application/problem+json').send(JSON.stringify(body));
}
