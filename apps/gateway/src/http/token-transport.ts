import type { FastifyReply, FastifyRequest } from 'fastify';

/** `__Host-`: only this host, only over a secure channel (localhost counts as one), never from a subdomain. */
export const cookieName = '__Host-cofactor';
const cookieOptions = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const;

/** Whether one of our own pages asks. Browsers set this header themselves; scripts cannot. */
const isPage = (request: FastifyRequest): boolean => request.headers['sec-fetch-site'] === 'same-origin';

/** The token that a program sends, or null; other kinds of credentials are none. */
export function bearerOf(request: FastifyRequest): string | null {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && token ? token : null;
}

/** The token of a request: bearer for programs, cookie for pages; null for none. */
export const tokenOf = (request: FastifyRequest): string | null =>
  bearerOf(request) ?? (request.cookies[cookieName] || null);

/**
 * Hands a new token over: to a page in an HttpOnly cookie and nowhere else, so that no script ever holds one; to a
 * program in the body. Answers what belongs into the body.
 */
export function handOver(request: FastifyRequest, reply: FastifyReply, token: string | null): { token?: string } {
  if (token === null) return {};
  if (!isPage(request)) return { token };
  reply.setCookie(cookieName, token, cookieOptions);
  return {};
}

export const takeBack = (reply: FastifyReply): void => {
  reply.clearCookie(cookieName, cookieOptions);
};
