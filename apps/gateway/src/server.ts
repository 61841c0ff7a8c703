import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import { nestLogger, untraced, type Logger, type Tracing } from '@cofactor/service-kit';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FloodControl } from './adapters/flood-control';
import { GatewayModule, type GatewayParts } from './app.module';
import { originsOf, type GatewaySettings } from './door-settings';
import { refuseOtherNames, refuseOtherSites } from './http/origin-check';
import { httpAdapter } from './http/http-adapter';
import { acceptOnlyJson } from './http/json-body';
import { ProblemFilter } from './http/problem.filter';

export interface RunningGateway {
  readonly port: number;
  /** Answers what is under way, at most 10 s, and takes nothing new. */
  close(): Promise<void>;
}

/** Opens the only door: `/v1`, the pages, and what operations people ask for. */
export async function startGateway(
  parts: GatewayParts,
  settings: GatewaySettings,
  floodControl: FloodControl,
  /** The built pages. */
  pages: string,
  logger: Logger,
): Promise<RunningGateway> {
  const adapter = httpAdapter(settings.COFACTOR_TRUSTED_PROXIES ?? false);
  const fastify = adapter.getInstance<FastifyInstance>();
  traceRequests(fastify, parts.tracing);
  await guardTheDoor(fastify, () => originsOf(settings, port), floodControl, logger);
  await fastify.register(fastifyStatic, { root: pages, wildcard: false, index: false, setHeaders: cacheAssets });
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.register(parts), adapter, {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(logger));
  let port = settings.PORT;
  await app.init();
  // Not through Nest, which would log a port that is taken beside the sentence that the start ends with.
  await fastify.listen({ port, host: settings.COFACTOR_LISTEN });
  const address = fastify.server.address();
  if (address !== null && typeof address === 'object') port = address.port;
  return { port, close: () => app.close() };
}

/** Each request is a step of a trace, and the parent of all that it causes: it is handed on as the request's own header. */
function traceRequests(fastify: FastifyInstance, tracing: Tracing): void {
  if (tracing === untraced) return;
  const steps = new WeakMap<FastifyRequest, { end(code: string | null): void }>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { traceparent = null } = request.headers;
    const step = tracing.begin({
      name: `${request.method} ${request.routeOptions.url ?? 'unknown'}`,
      kind: 'server',
      traceparent: typeof traceparent === 'string' ? traceparent : null,
      attributes: { requestId: request.id },
    });
    steps.set(request, step);
    if (step.traceparent !== null) request.headers.traceparent = step.traceparent;
    done();
  });
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    steps.get(request)?.end(statusCode < 500 ? null : String(statusCode));
    done();
  });
}

async function guardTheDoor(
  fastify: FastifyInstance,
  origins: () => readonly string[],
  floodControl: FloodControl,
  logger: Logger,
): Promise<void> {
  await fastify.register(fastifyHelmet, securityHeaders);
  await fastify.register(fastifyCookie);
  acceptOnlyJson(fastify);
  endConnectionsAtTheEnd(fastify);
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    if (isUnder(request, '/v1/') || isUnder(request, '/dev/')) void reply.header('cache-control', 'no-store');
    await floodControl.admit(request.ip);
    refuseOtherSites(request, origins());
    if (isUnder(request, '/dev/')) refuseOtherNames(request, origins());
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const milliseconds = Math.round(reply.elapsedTime * 10) / 10;
    logger.info(
      { requestId: request.id, method: request.method, route, status: reply.statusCode, milliseconds },
      'request',
    );
    done();
  });
}

/** By its route where there is one: an address can be written in many ways (`/%761/…`, `http://host/v1/…`). */
const isUnder = ({ routeOptions, url }: FastifyRequest, folder: string): boolean =>
  url.startsWith(folder) || (routeOptions.url?.startsWith(folder) ?? false);

/**
 * What is under way when the gateway closes is answered with the end of its connection: kept alive, that would hold up
 * the shutdown until the client lets go of it.
 */
function endConnectionsAtTheEnd(fastify: FastifyInstance): void {
  let closing = false;
  fastify.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  fastify.addHook('onSend', async (_request, reply) => {
    if (closing) void reply.header('connection', 'close');
  });
}

const cacheAssets = (reply: FastifyReply, path: string): void => {
  void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
};

/** Nothing from elsewhere, nothing inline, never in a frame (OWASP ASVS 3.4). */
const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' as const },
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
  xFrameOptions: { action: 'deny' as const },
};

export { memoryFloodControl } from './adapters/flood-control.memory';
export { redisFloodControl } from './adapters/flood-control.redis';
export { gatewaySettings, originsOf } from './door-settings';
export type { GatewayParts } from './app.module';
