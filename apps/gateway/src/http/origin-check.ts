import { DomainError } from '@cofactor/contracts';
import type { FastifyRequest } from 'fastify';
import { bearerOf, cookieName } from './token-transport';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses an unsafe request that another site made a browser send. Programs send neither header and carry a bearer
 * token; a request that rests on the cookie must show that it comes from our own pages.
 */
export function refuseOtherSites(request: FastifyRequest, origins: readonly string[]): void {
  if (safe.has(request.method)) return;
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined && !origins.includes(origin)) throw new DomainError('cross-site-request');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new DomainError('cross-site-request');
  const restsOnCookie = bearerOf(request) === null && request.cookies[cookieName] !== undefined;
  if (restsOnCookie && origin === undefined && site === undefined) throw new DomainError('cross-site-request');
}

const ownNames = ['localhost', '127.0.0.1', '[::1]'];
const nameIn = (host: string): string => host.toLowerCase().replace(/:\d*$/, '');

/**
 * Refuses a request under a name that is not ours. A page of another site can let its own name point at this machine
 * (DNS rebinding) and then reads what it likes: for addresses that answer without a token.
 */
export function refuseOtherNames(request: FastifyRequest, origins: readonly string[]): void {
  const names = [...ownNames, ...origins.map((origin) => nameIn(origin.replace(/^.*:\/\//, '')))];
  if (!names.includes(nameIn(request.headers.host ?? ''))) throw new DomainError('cross-site-request');
}
