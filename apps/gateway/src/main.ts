import 'reflect-metadata';
import {
  auditOperations,
  challengeOperations,
  factorEnrollmentOperations,
  identityOperations,
  notificationOperations,
} from '@cofactor/contracts';
import { RedisConnection } from '@cofactor/redis';
import {
  createLogger,
  httpClient,
  keepAliveAgent,
  Metrics,
  readConfiguration,
  refuseInProduction,
  runProcess,
  ServiceTokenSigner,
  SigningKeys,
  startInternalServer,
  startTracing,
  systemClock,
  withFiles,
  type Closing,
  type Logger,
} from '@cofactor/service-kit';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { redisFloodControl } from './adapters/flood-control.redis';
import { remoteHealth } from './adapters/remote-health';
import type { Services } from './adapters/services';
import { settings as settingsSchema } from './config';
import { startGateway } from './server';

/** Milliseconds for a call to a service, its repeat included. */
const callTimeout = 8_000;
const milliseconds = (): number => performance.now();

async function start(closings: Closing[]): Promise<string> {
  const settings = readConfiguration(settingsSchema, withFiles(process.env));
  const logger = createLogger('gateway', settings.COFACTOR_LOG_LEVEL);
  const metrics = new Metrics('gateway').withProcessMetrics();
  const keys = await SigningKeys.follow(settings.COFACTOR_SIGNING_KEYS, logger, milliseconds);
  refuseInProduction(
    settings.COFACTOR_MODE,
    keys.areOfFirstStart ? [{ name: 'signing keys of a first start', instead: 'make your own' }] : [],
  );
  const redis = RedisConnection.open(settings, 'gateway', logger);
  closings.push(() => redis.close());
  const ownHealth = async () => ({ redis: await redis.isReady() });
  const internal = await startInternalServer({
    port: settings.COFACTOR_INTERNAL_PORT,
    host: settings.COFACTOR_LISTEN,
    operations: (_request, response) => void response.writeHead(404).end(),
    health: ownHealth,
    dispensable: () => true,
    metrics: () => metrics.registry.metrics(),
    keys,
    logger,
  });
  closings.push(() => internal.close());
  const tracing = await startTracing('gateway', settings.OTEL_EXPORTER_OTLP_ENDPOINT);
  closings.push(() => tracing.close());
  const bases = basesOf(settings);
  const parts = {
    tracing,
    services: clientsOf(bases, keys, logger, closings),
    installation: {
      health: async () => ({ ...(await remoteHealth(bases, logger)), ...(await ownHealth()) }),
      metrics: () => metrics.registry.metrics(),
      showsOutbox: settings.COFACTOR_MODE === 'development',
    },
  };
  const pages = join(dirname(require.resolve('@cofactor/web/package.json')), 'dist');
  const floodControl = redisFloodControl(settings.COFACTOR_FLOOD_LIMIT, redis);
  const gateway = await startGateway(parts, settings, floodControl, pages, logger);
  closings.push(() => gateway.close());
  return `Cofactor is ready at http://localhost:${gateway.port}`;
}

const basesOf = (settings: z.output<typeof settingsSchema>) => ({
  identity: settings.COFACTOR_IDENTITY_URL,
  'factor-enrollment': settings.COFACTOR_FACTOR_ENROLLMENT_URL,
  challenge: settings.COFACTOR_CHALLENGE_URL,
  notification: settings.COFACTOR_NOTIFICATION_URL,
  audit: settings.COFACTOR_AUDIT_URL,
});

function clientsOf(
  bases: ReturnType<typeof basesOf>,
  keys: SigningKeys,
  logger: Logger,
  closings: Closing[],
): Services {
  const agent = keepAliveAgent();
  closings.push(async () => agent.destroy());
  const tokens = new ServiceTokenSigner('gateway', keys);
  const calling = {
    agent,
    tokens,
    clock: systemClock,
    milliseconds,
    timeout: callTimeout,
    jitter: Math.random,
    logger,
  };
  return {
    identity: httpClient(identityOperations, { base: bases.identity, ...calling }),
    factorEnrollment: httpClient(factorEnrollmentOperations, { base: bases['factor-enrollment'], ...calling }),
    challenge: httpClient(challengeOperations, { base: bases.challenge, ...calling }),
    notification: httpClient(notificationOperations, { base: bases.notification, ...calling }),
    audit: httpClient(auditOperations, { base: bases.audit, ...calling }),
  };
}

runProcess(start);
