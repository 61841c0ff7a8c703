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
  Metrics,
  readConfiguration,
  refuseInProduction,
  runProcess,
  serviceCaller,
  SigningKeys,
  startInternalServer,
  startTracing,
  withFiles,
  type Closing,
  type ServiceCaller,
} from '@cofactor/service-kit';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { redisFloodControl } from './adapters/flood-control.redis';
import { remoteHealth } from './adapters/remote-health';
import type { Services } from './adapters/services';
import { settings as settingsSchema } from './config';
import { startGateway } from './server';

async function start(closings: Closing[]): Promise<string> {
  const settings = readConfiguration(settingsSchema, withFiles(process.env));
  const logger = createLogger('gateway', settings.COFACTOR_LOG_LEVEL);
  const metrics = new Metrics('gateway').withProcessMetrics();
  const keys = await SigningKeys.follow(settings.COFACTOR_SIGNING_KEYS, logger, () => performance.now());
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
    metrics,
    keys,
    logger,
  });
  closings.push(() => internal.close());
  const tracing = await startTracing('gateway', settings.OTEL_EXPORTER_OTLP_ENDPOINT);
  closings.push(() => tracing.close());
  const bases = basesOf(settings);
  const caller = serviceCaller('gateway', keys, logger);
  closings.push(async () => caller.close());
  const parts = {
    tracing,
    services: clientsOf(bases, caller),
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

function clientsOf(bases: ReturnType<typeof basesOf>, { clientOf }: ServiceCaller): Services {
  return {
    identity: clientOf(identityOperations, bases.identity),
    factorEnrollment: clientOf(factorEnrollmentOperations, bases['factor-enrollment']),
    challenge: clientOf(challengeOperations, bases.challenge),
    notification: clientOf(notificationOperations, bases.notification),
    audit: clientOf(auditOperations, bases.audit),
  };
}

export const run = (): void => runProcess(start);
