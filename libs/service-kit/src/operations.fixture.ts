import { untraced } from './tracing';
import { ClockWatch } from './clock-watch';
import { defineOperations, type CallContext, type HandlersOf, type OperationTable } from '@cofactor/contracts';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { httpClient, type HttpClientParts } from './http-client';
import { keepAliveAgent } from './http-exchange';
import { KeyRing } from './key-ring';
import { createLogger } from './logging';
import { Metrics } from './metrics';
import { serveOperations, type OperationServer } from './operations';
import { operationsListener } from './operations-listener';
import { ServiceTokenSigner, ServiceTokenVerifier } from './service-tokens';
import { SigningKeys, generateSigningKey, publicPart } from './signing-keys';

const shapes = { request: z.object({ text: z.string() }), reply: z.object({ text: z.string() }) };

/** A service that answers text, in each of the ways in which a call may be repeated. */
export const table = defineOperations('identity', {
  echo: { callers: ['gateway'], repeat: 'always', ...shapes },
  send: { callers: ['gateway'], repeat: 'with-key', ...shapes },
  count: { callers: ['gateway'], repeat: 'never', ...shapes },
  whisper: { callers: ['challenge'], repeat: 'always', ...shapes },
});
export type Answer = HandlersOf<typeof table>['echo'];

export const now = new Date('2026-03-02T09:00:00.000Z');
export const secondsLater = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

export const aContext = (idempotencyKey: string | null = null): CallContext => ({
  requestId: 'request-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  source: { ip: '192.0.2.1', userAgent: null },
  idempotencyKey,
});

export const signingKeys = {
  gateway: generateSigningKey('gateway-1'),
  challenge: generateSigningKey('challenge-1'),
};

/** A logger, and the lines that it wrote. */
export function watchedLogger() {
  const lines: string[] = [];
  return { lines, logger: createLogger('identity', 'info', { write: (line: string) => void lines.push(line) }) };
}

/** Every operation of the table, answered alike. */
export function answering(answer: Answer, logger = watchedLogger().logger): OperationServer {
  const duration = new Metrics('identity').operationDuration;
  const handlers = { echo: answer, send: answer, count: answer, whisper: answer };
  return serveOperations(table, handlers, { logger, duration });
}

export interface Listening {
  readonly base: string;
  readonly server: Server;
  close(): Promise<void>;
}

/** A real server on a free port of this machine. */
export async function listen(listener: RequestListener): Promise<Listening> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { base: `http://127.0.0.1:${port}`, server, close };
}

/** The listener under test; `clock` is the one of the called service. */
export async function identityListener(server: OperationServer, clock = { now: () => now }) {
  const { lines, logger } = watchedLogger();
  const keys = await KeyRing.load({
    gateway: [publicPart(signingKeys.gateway)],
    challenge: [publicPart(signingKeys.challenge)],
  });
  const tokens = new ServiceTokenVerifier('identity', keys);
  const clocks = new ClockWatch(logger, () => 0);
  return { lines, listener: operationsListener(table, { server, tokens, clock, clocks, tracing: untraced, logger }) };
}

/** A client of the gateway, with the connections that it keeps. */
export async function gatewayClient<Table extends OperationTable>(
  called: Table,
  base: string,
  parts: Partial<HttpClientParts> = {},
) {
  const agent = keepAliveAgent();
  const { lines, logger } = watchedLogger();
  const client = httpClient(called, {
    base,
    agent,
    tokens: new ServiceTokenSigner('gateway', await SigningKeys.of([signingKeys.gateway])),
    clock: { now: () => now },
    milliseconds: () => 0,
    timeout: 10_000,
    jitter: () => 0,
    logger,
    ...parts,
  });
  return { client, agent, lines };
}
