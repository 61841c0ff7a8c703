import { DomainError } from '@cofactor/contracts';
import type { FastifyRequest } from 'fastify';
import { cookieName } from './token-transport';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses an unsafe request that another site made a browser send. Programs send neither header and carry a bearer
 * token; a request that rests on the cookie must show that it comes from our own pages.
 */
export function refuseOtherSites(request: FastifyRequest, origins: readonly string[]): void {
  if (safe.has(request.method)) return;
  const { origin, 'sec-fetch-site': site, authorization } = request.headers;
  if (origin !== undefined && !origins.includes(origin)) throw new DomainError('cross-site-request');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new DomainError('cross-site-request');
  const restsOnCookie = authorization === undefined && request.cookies[cookieName] !== undefined;
  if (restsOnCookie && origin === undefined && site === undefined) throw new DomainError('cross-site-request');
}
