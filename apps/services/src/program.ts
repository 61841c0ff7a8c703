import {
  announce,
  announceDatabases,
  EmbeddedPostgresError,
  keepTombstones,
  makeHome,
  openKeys,
  startLocalDatabases,
} from '@cofactor/local-installation';
import {
  freePort,
  LocalServerMissing,
  startKafka,
  startRedis,
  type LocalKafka,
  type LocalRedis,
} from '@cofactor/local-servers';
import { KeyFileRefused } from '@cofactor/secret-vault';
import { createLogger, runProcess, type Closing } from '@cofactor/service-kit';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { balance } from './balancer';
import { readSettings, type ServicesSettings } from './config';
import { keep } from './kept-server';
import { writeKeyFiles } from './key-files';
import {
  backServices,
  migrationPlan,
  planOf,
  serviceNames,
  type Replica,
  type ServiceName,
  type Surroundings,
} from './plan';
import { ProcessEnded, runOnce, ServiceProcess } from './service-processes';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Starts the servers that are not given, and six services behind the gateway, and keeps them running. */
async function start(closings: Closing[]): Promise<string> {
  const settings = readSettings(process.env);
  const { COFACTOR_HOME: home, PORT: port } = settings;
  await makeHome(home);
  const keys = await openKeys(home);
  const logger = createLogger('services', settings.COFACTOR_LOG_LEVEL);
  const running: Running[] = [];
  const servers: Partial<Record<'redis' | 'kafka', { readonly processId: number }>> = {};
  let told: Promise<unknown> = Promise.resolve();
  // One after the other, each as things stand when it is written.
  const tell = () => {
    told = told.then(() => announce(home, 'processes', processList(servers, running)));
  };
  closings.push(() => rm(join(home, 'run', 'processes.json'), { force: true }));
  const [databases, redisUrl, kafkaBrokers] = await Promise.all([
    startLocalDatabases(home, keys.databasePasswords, logger),
    openRedis(settings, (redis) => (servers.redis = redis), tell, closings),
    openKafka(settings, (kafka) => (servers.kafka = kafka), tell, closings),
  ]);
  closings.push(() => databases.stop());
  closings.push(await announceDatabases(home, databases));
  const replicas = await replicasOf(settings);
  const ports = await frontPorts(replicas, closings);
  const pages = `http://localhost:${port}`;
  const surroundings: Surroundings = {
    databases,
    keyFiles: await writeKeyFiles(home, keys),
    redisUrl,
    kafkaBrokers,
    portOf: (service) => ports.get(service) ?? 0,
    pages,
    origins: originsOf(replicas),
    environment: process.env,
  };
  await runOnce(migrationPlan(surroundings));
  closings.push(await keepTombstones(home, databases, logger));
  for (const replica of replicas) {
    running.push({ replica, process: new ServiceProcess(planOf(replica, surroundings), say, tell) });
  }
  // The doors first: what is under way there still needs the services behind them.
  for (const isDoor of [false, true]) {
    const some = running.filter(({ replica: { service } }) => (service === 'gateway') === isDoor);
    closings.push(() => Promise.all(some.map(({ process: one }) => one.stop())));
  }
  await Promise.all(running.map(({ process: one }) => one.start()));
  return `Cofactor is ready at ${pages}`;
}

interface Running {
  readonly replica: Replica;
  readonly process: ServiceProcess;
}

/** What runs, and under which process id at the moment. */
const processList = (
  { redis, kafka }: Partial<Record<'redis' | 'kafka', { readonly processId: number }>>,
  running: readonly Running[],
) => ({
  redis: redis?.processId ?? null,
  kafka: kafka?.processId ?? null,
  services: running.map(({ replica, process: { processId } }) => ({ ...replica, processId })),
});

const originsOf = (replicas: readonly Replica[]): readonly string[] =>
  replicas.flatMap(({ publicPort }) =>
    publicPort === null ? [] : [`http://localhost:${publicPort}`, `http://127.0.0.1:${publicPort}`],
  );

async function openRedis(
  { REDIS_URL }: ServicesSettings,
  opened: (redis: LocalRedis) => void,
  tell: () => void,
  closings: Closing[],
): Promise<string> {
  if (REDIS_URL !== undefined) return REDIS_URL;
  // What it holds lives for minutes, and may be lost at any time.
  const redis = await startRedis({ dataFolder: null, port: 0, password: null });
  closings.push(keep('Redis', redis, say, tell));
  opened(redis);
  return redis.url;
}

async function openKafka(
  { KAFKA_BROKERS, COFACTOR_HOME }: ServicesSettings,
  opened: (kafka: LocalKafka) => void,
  tell: () => void,
  closings: Closing[],
): Promise<string> {
  if (KAFKA_BROKERS !== undefined) return KAFKA_BROKERS;
  const logFile = join(COFACTOR_HOME, 'kafka.log');
  const kafka = await startKafka({ dataFolder: join(COFACTOR_HOME, 'kafka'), port: 0, logFile });
  closings.push(keep('Kafka', kafka, say, tell));
  opened(kafka);
  return kafka.brokers;
}

async function replicasOf({ PORT, COFACTOR_REPLICAS }: ServicesSettings): Promise<readonly Replica[]> {
  const numbers = Array.from({ length: COFACTOR_REPLICAS }, (_, index) => index + 1);
  const all = numbers.flatMap((replica) =>
    serviceNames.map(async (service) => ({
      service,
      replica,
      port: await freePort(),
      publicPort: service === 'gateway' ? PORT + replica - 1 : null,
    })),
  );
  return Promise.all(all);
}

/** The port under which each service is called: its own, or that of a balancer before its replicas. */
async function frontPorts(
  replicas: readonly Replica[],
  closings: Closing[],
): Promise<ReadonlyMap<ServiceName, number>> {
  const ports = new Map<ServiceName, number>();
  for (const service of [...backServices, 'gateway'] as const) {
    const own = replicas.filter((one) => one.service === service).map((one) => one.port);
    const [only, ...others] = own;
    if (only !== undefined && others.length === 0) {
      ports.set(service, only);
      continue;
    }
    const port = await freePort();
    closings.push(await balance(own, port));
    ports.set(service, port);
  }
  return ports;
}

export const run = (): void =>
  runProcess(start, [EmbeddedPostgresError, KeyFileRefused, LocalServerMissing, ProcessEnded]);
