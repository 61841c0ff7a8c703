import { DomainError } from '@cofactor/contracts';
import type { IncomingMessage } from 'node:http';

/** A statement carries the policies of a person's organisations; nothing else between services is nearly as large. */
const largestBody = 256 * 1024;
const json = /^application\/json *(;|$)/i;

/**
 * The JSON that a request carries. Throws `unsupported-media-type`, `payload-too-large` over 256 KiB, and
 * `malformed-request` for what is no JSON in UTF-8 or ends too early.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const { 'content-type': mediaType, 'content-encoding': encoding } = request.headers;
  if (!json.test(mediaType ?? '') || encoding !== undefined) throw new DomainError('unsupported-media-type');
  const bytes = await read(request);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new DomainError('malformed-request');
  }
}

/** By events: leaving a loop over the stream would end the connection before the refusal is on it. */
function read(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largestBody) chunks.push(chunk);
      else reject(new DomainError('payload-too-large', { detail: 'Send less than 256 KiB.' }));
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(new DomainError('malformed-request')));
  });
}
