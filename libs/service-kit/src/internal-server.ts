import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HealthCheck, HealthReport } from './boot';
import type { Logger } from './logging';
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
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  readonly keys: SigningKeys;
  readonly logger: Logger;
}

export interface InternalServer {
  readonly port: number;
  /** Answers what is under way, and takes nothing new; after the grace, connections are cut. */
  close(): Promise<void>;
}

/** Milliseconds for what is under way at the close. */
const grace = 8_000;

/** What `/health/ready` says: `degraded` is ready, with a part missing that others do without meanwhile. */
export function readiness(report: HealthReport, dispensable: (part: string) => boolean) {
  const down = Object.keys(report).filter((part) => report[part] === false);
  const parts = Object.fromEntries(Object.entries(report).map(([name, up]) => [name, up ? 'up' : 'down'] as const));
  const status = down.length === 0 ? 'up' : down.every(dispensable) ? 'degraded' : 'down';
  return { isReady: status !== 'down', body: { status, parts } };
}

/**
 * The one port of a service, for other services and operations people: `POST /operations/…` with a service token;
 * `/health/live`, `/health/ready`, `/metrics` and `/.well-known/jwks.json` (RFC 7517) for everyone in the network.
 */
export async function startInternalServer(parts: InternalServerParts): Promise<InternalServer> {
  let closing = false;
  const server = createServer((request, response) => {
    if (closing) response.setHeader('connection', 'close');
    const answer = request.method === 'GET' || request.method === 'HEAD' ? answers[pathOf(request)] : undefined;
    if (!answer) return parts.operations(request, response);
    answer(response, parts).catch((error: unknown) => {
      parts.logger.error({ err: error }, 'a question of operations was not answered');
      send(response, 500, 'application/json', JSON.stringify({ status: 'down' }));
    });
  });
  // Above the 4 s after which our own clients let go of an idle connection: a call on a dying one would be lost.
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, parts.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      closing = true;
      const timer = setTimeout(() => server.closeAllConnections(), grace);
      server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      server.closeIdleConnections();
    });
  return { port, close };
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?')[0] ?? '';

type Answer = (response: ServerResponse, parts: InternalServerParts) => Promise<void>;

const answers: Readonly<Record<string, Answer>> = Object.assign(Object.create(null) as Record<string, Answer>, {
  '/health/live': async (response: ServerResponse) => {
    send(response, 200, 'application/json', JSON.stringify({ status: 'up' }));
  },
  '/health/ready': async (response: ServerResponse, { health, dispensable }: InternalServerParts) => {
    const { isReady, body } = readiness(await health(), dispensable);
    if (!isReady) response.setHeader('retry-after', '2');
    send(response, isReady ? 200 : 503, 'application/json', JSON.stringify(body));
  },
  '/metrics': async (response: ServerResponse, { metrics }: InternalServerParts) => {
    send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await metrics());
  },
  '/.well-known/jwks.json': async (response: ServerResponse, { keys }: InternalServerParts) => {
    send(response, 200, 'application/jwk-set+json', JSON.stringify({ keys: await keys.published() }));
  },
});

function send(response: ServerResponse, status: number, mediaType: string, body: string): void {
  response.writeHead(status, {
    'content-type': mediaType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
