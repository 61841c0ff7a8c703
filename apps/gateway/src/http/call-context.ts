import { DomainError, type CallContext } from '@cofactor/contracts';
import type { FastifyRequest } from 'fastify';

const traceparentShape = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
const keyShape = /^[\x21-\x7e]{1,255}$/;
const longestUserAgent = 300;

/** The first value of a header. */
const header = (request: FastifyRequest, name: string): string | null => {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
};

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const key = request.method === 'POST' ? header(request, 'idempotency-key') : null;
  if (key === null || keyShape.test(key)) return key;
  const detail = 'Use 1 to 255 visible ASCII characters, such as a UUID.';
  throw new DomainError('invalid-fields', { errors: [{ pointer: 'Idempotency-Key', detail }] });
}

/** What travels on from the door: who asked from where, under which request and trace (W3C Trace Context). */
export function callContextOf(request: FastifyRequest): CallContext {
  const traceparent = header(request, 'traceparent');
  return {
    requestId: request.id,
    traceparent: traceparent !== null && traceparentShape.test(traceparent) ? traceparent : null,
    source: { ip: request.ip, userAgent: header(request, 'user-agent')?.slice(0, longestUserAgent) ?? null },
    idempotencyKey: idempotencyKeyOf(request),
  };
}
