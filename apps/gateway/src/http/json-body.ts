import { DomainError } from '@cofactor/contracts';
import type { FastifyInstance } from 'fastify';
import type { Readable } from 'node:stream';

const largestBody = 64 * 1024;
const largestDrained = 32 * 1024 * 1024;

/**
 * The text of a body of at most 64 KiB. A larger one is read to its end and thrown away first, so that its sender
 * gets the answer instead of a broken connection; one beyond 32 MiB is cut off.
 */
async function readText(payload: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > largestDrained) break;
    if (length <= largestBody) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > largestBody) throw new DomainError('payload-too-large');
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}

/** JSON in UTF-8 without prototype tricks, and nothing else; an empty body is no body. */
export function acceptOnlyJson(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', (request, payload, done) => {
    // The word null is a value like 7, and no way to leave a body out.
    const parsed = (error: Error | null, value?: unknown): void =>
      value === null ? done(new DomainError('malformed-request')) : done(error, value);
    readText(payload).then(
      (text) => (text === '' ? done(null, undefined) : parseJson(request, text, parsed)),
      (error: unknown) => done(error instanceof DomainError ? error : new DomainError('malformed-request')),
    );
  });
}
