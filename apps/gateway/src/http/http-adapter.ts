import { newId } from '@cofactor/service-kit';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { refuseNoAddress, refuseNoRequest } from './unreadable-requests';

/** Milliseconds from the first byte of a request to its last: a body of 64 KiB over a bad line, and no lodger. */
const longestRequest = 30_000;

/** The HTTP server of the door. `trustedProxies`: whose X-Forwarded-For is believed; false for nobody's. */
export const httpAdapter = (trustedProxies: readonly string[] | false): FastifyAdapter =>
  new FastifyAdapter({
    genReqId: () => newId(),
    trustProxy: trustedProxies === false ? false : [...trustedProxies],
    forceCloseConnections: 'idle',
    requestTimeout: longestRequest,
    routerOptions: { maxParamLength: 100 },
    clientErrorHandler: refuseNoRequest,
    frameworkErrors: refuseNoAddress,
  });
