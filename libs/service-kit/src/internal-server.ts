import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { HealthCheck, HealthReport } from './boot';
import { listenOn, type ListeningServer } from './listening-server';
import type { Logger } from './logging';
import { sharedLook } from './shared-look';
import type { Metrics } from './metrics';
import type { SigningKeys } from './signing-keys';

export interface InternalServerParts {
  readonly port: number;
  /** The address to listen on. */
  readonly host: string;
  /** Answers what is not asked for by operations people. */
  readonly operations: RequestListener;
  readonly health: HealthCheck;
  /** Parts without which the service still answers: they are named, and it stays ready. */
  readonly dispensable: (part: string) => boolean;
  /** Shown as they are, with one series more for each part. */
  readonly metrics: Metrics;
  readonly keys: SigningKeys;
  readonly logger: Logger;
}

export type InternalServer = ListeningServer;

/** Milliseconds for the parts to say how they are; who asks (a probe, the gateway) waits longer. */
const longestLook = 2_000;

/** What `/health/ready` says: `degraded` is ready, with a part missing that others do without meanwhile. */
export function readiness(report: HealthReport, dispensable: (part: string) => boolean) {
  const down = Object.keys(report).filter((part) => report[part] === false);
  const parts = Object.fromEntries(Object.entries(report).map(([name, up]) => [name, up ? 'up' : 'down'] as const));
  const status = down.length === 0 ? 'up' : down.every(dispensable) ? 'degraded' : 'down';
  return { isReady: status !== 'down', body: { status, parts } };
}

/** What is named where the parts do not say how they are; nothing does without it. */
const untold = 'health';

/**
 * The one port of a service, for other services and operations people: `POST /operations/…` with a service token;
 * `/health/live`, `/health/ready`, `/metrics` and `/.well-known/jwks.json` (RFC 7517) for everyone in the network.
 */
export async function startInternalServer(parts: InternalServerParts): Promise<InternalServer> {
  const bounded = {
    ...parts,
    health: boundedHealth(parts.health, parts.logger),
    dispensable: (part: string) => part !== untold && parts.dispensable(part),
  };
  parts.metrics.watchParts(bounded.health);
  const server = createServer((request, response) => {
    const answer = request.method === 'GET' || request.method === 'HEAD' ? answers[pathOf(request)] : undefined;
    if (!answer) return parts.operations(request, response);
    answer(response, bounded).catch((error: unknown) => {
      parts.logger.error({ err: error }, 'a question of operations was not answered');
      send(response, 500, 'application/json', JSON.stringify({ status: 'down' }));
    });
  });
  // Above the 4 s after which our own clients let go of an idle connection: a call on a dying one would be lost.
  server.keepAliveTimeout = 30_000;
  return listenOn(server, parts.port, parts.host);
}

/** What the parts say of themselves, or that it is `untold` where they do not in time. Those who ask meanwhile share one look. */
function boundedHealth(health: HealthCheck, logger: Logger): HealthCheck {
  const look = async (): Promise<HealthReport> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`the parts did not answer in ${longestLook} ms`)), longestLook);
    });
    try {
      return await Promise.race([health(), late]);
    } catch (error) {
      logger.error({ err: error }, 'how the parts of the service are is not known');
      return { [untold]: false };
    } finally {
      clearTimeout(timer);
    }
  };
  return sharedLook(look);
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?')[0] ?? '';

type Answer = (response: ServerResponse, parts: InternalServerParts) => Promise<void>;

/** By path: each begins with a slash, so none is the name of what every object has. */
const answers: Readonly<Record<string, Answer>> = {
  '/health/live': async (response) => {
    send(response, 200, 'application/json', JSON.stringify({ status: 'up' }));
  },
  '/health/ready': async (response, { health, dispensable }) => {
    const { isReady, body } = readiness(await health(), dispensable);
    if (!isReady) response.setHeader('retry-after', '2');
    send(response, isReady ? 200 : 503, 'application/json', JSON.stringify(body));
  },
  '/metrics': async (response, { metrics }) => {
    send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await metrics.registry.metrics());
  },
  '/.well-known/jwks.json': async (response, { keys }) => {
    send(response, 200, 'application/jwk-set+json', JSON.stringify({ keys: await keys.published() }));
  },
};

function send(response: ServerResponse, status: number, mediaType: string, body: string): void {
  response.writeHead(status, {
    'content-type': mediaType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
