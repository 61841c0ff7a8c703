import type { CallingService, OperationTable, Responder, Service } from '@cofactor/contracts';
import type { Database, Migration } from '@cofactor/event-store';
import {
  FileMasterKey,
  KeyFileRefused,
  PersonalFields,
  type KeyedHashes,
  type VaultParts,
} from '@cofactor/secret-vault';
import {
  ClockWatch,
  createLogger,
  Metrics,
  operationsListener,
  readConfiguration,
  refuseInProduction,
  RemoteKeys,
  runProcess,
  serviceCaller,
  ServiceTokenVerifier,
  Signer,
  SigningKeys,
  startService,
  startTracing,
  systemClock,
  Verifier,
  withFiles,
  type Clock,
  type Closing,
  type DevelopmentPart,
  type HealthReport,
  type Logger,
  type RunningService,
  type ServiceCaller,
  type Tracing,
  type TrustedKeys,
} from '@cofactor/service-kit';
import type { DynamicModule } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { openBus, type Bus, type Watched } from './bus';
import { openDatabases, type ServiceDatabases } from './databases';
import { ServicePort, type Inside } from './service-port';
import { keepMark } from './restored/vault-mark';
import type { HostSettings } from './settings';

/** What the module of a service is made of, beside what is its own. */
export interface HostedParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly database: Database;
  /** For the kinds of entries that its key file holds. */
  readonly vault: VaultParts & { readonly keyedHashes: KeyedHashes };
  readonly keyedHashes: KeyedHashes;
  readonly personalFields: PersonalFields;
  readonly signer: Signer;
  readonly verifier: Verifier;
  /** Hears of each commit of facts here. */
  readonly onCommit: (listener: () => void) => () => void;
  /** A client of another service, which must name this one as a caller. */
  readonly clientOf: ServiceCaller['clientOf'];
  /** A part that the readiness names; the service answers without it, if less. */
  readonly watch: (part: string, isUp: Watched) => void;
  readonly onClose: (closing: Closing) => void;
}

/** One service, as a process of its own. */
export interface HostedService<Settings extends HostSettings> {
  readonly name: Responder;
  readonly settings: z.ZodType<Settings>;
  readonly operations: OperationTable;
  readonly migrations: readonly Migration[];
  /** Connections to its own database. */
  readonly poolSize: number;
  /** Whose facts it takes in: its own straight from its log, those of others by Kafka. */
  readonly follows: readonly Service[];
  /** Whether it has a log that others follow. */
  readonly log: Service | null;
  /** Where those whose signatures it checks publish their keys. */
  readonly publishers: (settings: Settings) => Partial<Readonly<Record<CallingService, string>>>;
  /** Parts of its settings that production mode refuses. */
  readonly developmentParts: (settings: Settings) => readonly DevelopmentPart[];
  readonly module: (parts: HostedParts, settings: Settings) => DynamicModule | Promise<DynamicModule>;
}

const milliseconds = (): number => performance.now();

/** Runs a service in this process until it is told to end. */
export function runService<Settings extends HostSettings>(service: HostedService<Settings>): void {
  runProcess((closings) => start(service, closings), [KeyFileRefused]);
}

async function start<Settings extends HostSettings>(
  service: HostedService<Settings>,
  closings: Closing[],
): Promise<string> {
  const settings = readConfiguration(service.settings, withFiles(process.env));
  const logger = createLogger(service.name, settings.COFACTOR_LOG_LEVEL);
  const metrics = new Metrics(service.name).withProcessMetrics();
  const keys = await openKeys(service, settings, logger);
  const learnt = keys.trusted.learn();
  const databases = await openDatabases(settings, { service: service.name, ...service }, closings);
  const marked = { service: service.name, hasLog: service.log !== null, ...databases };
  await keepMark(marked, endProcess, logger, closings);
  const tracing = await startTracing(service.name, settings.OTEL_EXPORTER_OTLP_ENDPOINT);
  closings.push(() => tracing.close());
  const port = new ServicePort({
    port: settings.PORT,
    host: settings.COFACTOR_LISTEN,
    metrics,
    keys: keys.keys,
    logger,
  });
  closings.push(() => port.close());
  const observed = { logger, metrics, tracing };
  const bus = await openBus(service, settings, databases.database, observed, () => port.open(), closings);
  const around = { service, settings, ...observed, ...keys, ...databases, bus };
  const watched = new Map(bus.parts);
  const module = await service.module(hostedParts(around, watched, closings), settings);
  const running = await startService(module, bus.transport, logger);
  closings.push(() => running.close());
  // Whoever is called before it knows the keys of its callers would have to refuse them, should those end meanwhile.
  await learnt;
  port.letIn(inside(around, running, watched));
  // Before everything else, so that nobody is answered by a service whose parts are closed.
  closings.push(() => port.close());
  return `${service.name} is ready on port ${await port.open()}`;
}

/** As an error that nobody caught: it ends the process, which had started. */
const endProcess = (error: Error): void =>
  void setImmediate(() => {
    throw error;
  });

interface Around<Settings extends HostSettings> extends ServiceDatabases {
  readonly service: HostedService<Settings>;
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly keys: SigningKeys;
  readonly masterKey: FileMasterKey;
  readonly trusted: TrustedKeys;
  readonly clocks: ClockWatch;
  readonly bus: Bus;
}

/** Its own keys, and where those of others are found. Throws ConfigurationError for keys that production refuses. */
async function openKeys<Settings extends HostSettings>(
  service: HostedService<Settings>,
  settings: Settings,
  logger: Logger,
) {
  const keys = await SigningKeys.follow(settings.COFACTOR_SIGNING_KEYS, logger, milliseconds);
  const masterKey = await FileMasterKey.load(settings.COFACTOR_VAULT_KEYS);
  refuseInProduction(settings.COFACTOR_MODE, [
    ...(keys.areOfFirstStart ? [{ name: 'signing keys of a first start', instead: 'make your own' }] : []),
    ...service.developmentParts(settings),
  ]);
  const trusted = new RemoteKeys({ publishers: service.publishers(settings), milliseconds, logger });
  return { keys, masterKey, trusted, clocks: new ClockWatch(logger, milliseconds) };
}

function hostedParts<Settings extends HostSettings>(
  { service: { name }, logger, metrics, keys, masterKey, trusted, clocks, database, bus, ...around }: Around<Settings>,
  watched: Map<string, Watched>,
  closings: Closing[],
): HostedParts {
  const caller = serviceCaller(name, keys, logger);
  closings.push(async () => caller.close());
  const vault = { database: around.vault, clock: systemClock, masterKey, keyedHashes: masterKey };
  return {
    logger,
    metrics,
    clock: systemClock,
    randomBytes,
    database,
    vault,
    keyedHashes: masterKey,
    personalFields: new PersonalFields(vault),
    signer: new Signer(name, keys),
    verifier: new Verifier(name, trusted, clocks),
    onCommit: (listener) => bus.transport.onCommit(listener),
    clientOf: caller.clientOf,
    watch: (part, isUp) => watched.set(part, isUp),
    onClose: (closing) => closings.push(closing),
  };
}

function inside<Settings extends HostSettings>(
  { service: { name, operations }, logger, tracing, trusted, clocks, vault }: Around<Settings>,
  running: RunningService,
  watched: ReadonlyMap<string, Watched>,
): Inside {
  return {
    operations: operationsListener(operations, {
      server: running.operations,
      tokens: new ServiceTokenVerifier(name, trusted),
      clock: systemClock,
      clocks,
      tracing,
      logger,
    }),
    health: async () => ({
      ...(await running.health()),
      vault: await vault.isReady(),
      ...(await reportOf(watched)),
      ...clocks.health(),
    }),
  };
}

/** Milliseconds for one part to answer, so that one that hangs does not hide the others. */
const longestLook = 1_500;

async function inTime(isUp: Watched): Promise<boolean> {
  const tooLate = new AbortController();
  try {
    return await Promise.race([isUp(), pause(longestLook, false, { signal: tooLate.signal })]);
  } finally {
    tooLate.abort();
  }
}

async function reportOf(watched: ReadonlyMap<string, Watched>): Promise<HealthReport> {
  const entries = [...watched].map(async ([part, isUp]) => [part, await inTime(isUp)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
