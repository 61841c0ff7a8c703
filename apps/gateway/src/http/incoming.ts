import { DomainError, type CallContext, type Endpoint } from '@cofactor/contracts';
import { parseFields } from '@cofactor/service-kit';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callContextOf } from './call-context';
import { tokenOf } from './token-transport';
import { endpointKey } from './endpoint.decorator';

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** A request as a handler gets it: parsed by the schemas of its contract entry. */
export interface Incoming<E extends Endpoint> {
  readonly body: Parsed<E['body']>;
  readonly query: Parsed<E['query']>;
  readonly parameters: Readonly<Record<ParameterOf<E['path']>, string>>;
  /** Empty where the endpoint is open to anyone, and nobody is to be told apart. */
  readonly token: string;
  readonly context: CallContext;
  /** Positions that the caller wants to see (I8). */
  readonly readAfter: readonly string[];
}

type ParameterOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never;

const identifier = /^[A-Za-z0-9_-]{1,40}$/;

function parse(schema: z.ZodType | null, value: unknown): unknown {
  if (schema === null) return undefined;
  const isShaped = typeof value === 'object' && value !== null;
  if (!isShaped && !schema.safeParse(value).success) throw new DomainError('malformed-request');
  return parseFields(schema, value);
}

function parametersOf(request: FastifyRequest): Record<string, string> {
  const parameters = z.record(z.string(), z.string().regex(identifier)).safeParse(request.params ?? {});
  if (!parameters.success) throw new DomainError('not-found');
  return parameters.data;
}

function bodyOf(entry: Endpoint, request: FastifyRequest): unknown {
  if (entry.body === null) {
    if (request.body === undefined || request.body === null) return undefined;
    throw new DomainError('malformed-request', { detail: 'This address takes no body.' });
  }
  return parse(entry.body, request.body ?? undefined);
}

const positionsIn = (header: string | string[] | undefined): string[] =>
  (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((position) => position.trim())
    .filter((position) => position !== '');

function tokenFor({ caller }: Endpoint, request: FastifyRequest): string {
  if (caller === 'anyone') return '';
  const token = tokenOf(request);
  if (token !== null) return token;
  if (caller === 'anyone-or-session') return '';
  throw new DomainError('not-signed-in');
}

/** The parsed request of the handler's own contract entry. */
export const Request = createParamDecorator((_: unknown, execution: ExecutionContext): Incoming<Endpoint> => {
  const entry = z.custom<Endpoint>().parse(Reflect.getMetadata(endpointKey, execution.getHandler()));
  const request = execution.switchToHttp().getRequest<FastifyRequest>();
  const parameters = parametersOf(request);
  const token = tokenFor(entry, request);
  return {
    // Each is parsed by the schema that the handler's type is made from.
    body: bodyOf(entry, request),
    query: parse(entry.query, request.query) as never,
    parameters: parameters,
    token,
    context: callContextOf(request),
    readAfter: positionsIn(request.headers['cofactor-read-after']),
  };
});
