import { DomainError, problemBody } from '@cofactor/contracts';
import { newId } from '@cofactor/service-kit';
import type { ConnectionError, FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { sendProblem } from './problem.filter';

/** What the parser of Node takes at most (its `maxHeaderSize`). */
const tooLarge = 'Send less than 16 KiB of address and headers.';

/**
 * Answers bytes that are no HTTP request, before there is one: the same problem+json as everywhere, then the end of
 * the connection, since nobody knows where the next request would begin.
 */
export function refuseNoRequest({ code }: ConnectionError, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = newId();
  const extras = code === 'HPE_HEADER_OVERFLOW' ? { detail: tooLarge } : {};
  const body = JSON.stringify(problemBody(new DomainError('malformed-request', extras), requestId));
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Answers an address that the router cannot read, such as one with a broken percent sign or an endless id. */
export function refuseNoAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', request.id).header('cache-control', 'no-store');
  const code = error.code === 'FST_ERR_BAD_URL' ? 'malformed-request' : 'not-found';
  sendProblem(reply, request, new DomainError(code));
}
