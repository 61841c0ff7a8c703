import { AuditModule } from '@cofactor/audit';
import { ChallengeModule, MemoryPendingChallenges } from '@cofactor/challenge';
import {
  auditOperations,
  challengeOperations,
  factorEnrollmentOperations,
  identityOperations,
  notificationOperations,
  type ClientOf,
  type Service,
} from '@cofactor/contracts';
import { PostgresFactLog } from '@cofactor/event-store';
import { FactorEnrollmentModule } from '@cofactor/factor-enrollment';
import { builtTypes } from '@cofactor/factors';
import { originsOf, type GatewayParts } from '@cofactor/gateway';
import { IdentityModule } from '@cofactor/identity';
import { InboxReader, PostgresLogStrategy, type FactLog } from '@cofactor/messaging';
import type { Keys, ServiceDatabase } from '@cofactor/local-installation';
import { NotificationModule, type MailSettings, type TextSettings } from '@cofactor/notification';
import { Contacts, FactorSecrets, Passwords, PersonalFields } from '@cofactor/secret-vault';
import {
  checklistOf,
  createLogger,
  Hashing,
  type HealthReport,
  inProcessClient,
  KeyRing,
  Metrics,
  type RunningService,
  Signer,
  SigningKeys,
  startService,
  systemClock,
  textOfMetrics,
  untraced,
  Verifier,
} from '@cofactor/service-kit';
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { StandaloneSettings } from './config';
import type { Databases } from './databases';
import { SharedFactLog } from './shared-fact-log';

type Name = Service | 'audit';
type Started = Record<Name, RunningService>;

const databaseOf: Readonly<Record<Name, ServiceDatabase>> = {
  identity: 'identity',
  'factor-enrollment': 'factor_enrollment',
  challenge: 'challenge',
  notification: 'notification',
  audit: 'audit',
};

/** Whose facts each service takes in; its own where a crash may have left something to finish (DESIGN §6.6). */
const follows: Readonly<Record<Name, readonly Service[]>> = {
  identity: ['identity', 'factor-enrollment'],
  'factor-enrollment': ['factor-enrollment'],
  challenge: [],
  notification: ['identity', 'factor-enrollment', 'challenge', 'notification'],
  audit: ['identity', 'factor-enrollment', 'challenge', 'notification'],
};

/** How people are written to. */
interface MessageSettings {
  readonly mail: MailSettings;
  readonly texts: TextSettings;
  readonly timeZone: string;
}

export interface RunningServices extends GatewayParts {
  close(): Promise<void>;
}

/** Every service in this process: the adapters of the embedded default around the same modules as anywhere. */
export async function startServices(
  settings: StandaloneSettings & MessageSettings,
  databases: Databases,
  keys: Keys,
  pages: string,
): Promise<RunningServices> {
  const started: Partial<Started> = {};
  const transports = new Map<Name, PostgresLogStrategy>();
  const running = (name: Name): RunningService => {
    const service = started[name];
    if (!service) throw new Error(`${name} is called before it has started`);
    return service;
  };
  const logs = factLogs(databases);
  const metrics = new Map<Name, Metrics>();
  const around = (name: Name) => surroundings(name, settings, databases, logs, metrics);
  const hashing = await Hashing.create(
    { concurrency: Math.max(1, availableParallelism()), waiting: settings.COFACTOR_HASHES_WAITING },
    randomBytes,
  );
  const clients = {
    identity: inProcessClient(identityOperations, () => running('identity').operations),
    factorEnrollment: inProcessClient(factorEnrollmentOperations, () => running('factor-enrollment').operations),
    challenge: inProcessClient(challengeOperations, () => running('challenge').operations),
    notification: inProcessClient(notificationOperations, () => running('notification').operations),
    audit: inProcessClient(auditOperations, () => running('audit').operations),
  };
  const { factorEnrollment, identity: sessions, notification: codes } = clients;
  const make = modules({ settings, databases, keys, hashing, pages, factorEnrollment, sessions, codes });
  const names = ['factor-enrollment', 'challenge', 'identity', 'notification', 'audit'] as const;
  for (const name of names) {
    const { parts, transport } = around(name);
    transports.set(name, transport);
    const service = await startService(await make[name](parts, transport), transport, parts.logger);
    started[name] = service;
    parts.metrics.watchParts(() => healthOf(service, transport));
  }
  return {
    tracing: untraced,
    services: clients,
    installation: {
      health: () => healthOfAll([...transports].map(([name, transport]) => [name, running(name), transport] as const)),
      metrics: () => textOfMetrics([...metrics.values()]),
      showsOutbox: settings.COFACTOR_MODE === 'development' && settings.mail.kind === 'outbox',
    },
    close: async () => {
      await Promise.all(names.map((name) => running(name).close()));
    },
  };
}

function factLogs(databases: Databases): Readonly<Record<Service, FactLog>> {
  const logOf = (service: Service) =>
    new SharedFactLog(new PostgresFactLog({ database: databases.ofService[databaseOf[service]], service }));
  return {
    identity: logOf('identity'),
    'factor-enrollment': logOf('factor-enrollment'),
    challenge: logOf('challenge'),
    notification: logOf('notification'),
  };
}

function surroundings(
  name: Name,
  settings: StandaloneSettings,
  databases: Databases,
  logs: Readonly<Record<Service, FactLog>>,
  allMetrics: Map<Name, Metrics>,
) {
  const logger = createLogger(name, settings.COFACTOR_LOG_LEVEL);
  const metrics = new Metrics(name);
  const database = databases.ofService[databaseOf[name]];
  const vault = { database: databases.vaultOf[databaseOf[name]] };
  const sources = follows[name].map((service) => ({ service, log: logs[service] }));
  const transport = new PostgresLogStrategy({ consumer: name, database, sources, logger, metrics });
  metrics.watchLag(() => transport.lag());
  allMetrics.set(name, name === 'identity' ? metrics.withProcessMetrics() : metrics);
  return { transport, parts: { logger, metrics, clock: systemClock, randomBytes, database, vault } };
}

type Parts = ReturnType<typeof surroundings>['parts'];

interface Ingredients {
  readonly settings: StandaloneSettings & MessageSettings;
  readonly databases: Databases;
  readonly keys: Keys;
  readonly hashing: Hashing;
  readonly pages: string;
  readonly factorEnrollment: GatewayParts['services']['factorEnrollment'];
  readonly sessions: ClientOf<typeof identityOperations>;
  readonly codes: ClientOf<typeof notificationOperations>;
}

/** How each service's module is made of its surroundings. */
function modules({ settings, keys, hashing, pages, factorEnrollment, sessions, codes }: Ingredients) {
  const origins = originsOf(settings, settings.PORT);
  const relyingParty = { id: new URL(pages).hostname, name: settings.COFACTOR_ISSUER, origins };
  const { master, signing } = keys;
  const vaultParts = ({ vault, clock }: Parts) => ({ ...vault, clock, masterKey: master, keyedHashes: master });
  const sealing = (parts: Parts) => ({ personalFields: new PersonalFields(vaultParts(parts)), keyedHashes: master });
  const verifierFor = async (name: Name) => new Verifier(name, await KeyRing.load(signing));
  return {
    identity: async (parts: Parts) =>
      IdentityModule.register({
        ...parts,
        ...sealing(parts),
        contacts: new Contacts(vaultParts(parts)),
        passwords: new Passwords(vaultParts(parts)),
        hashing,
        signer: new Signer('identity', await SigningKeys.of([signing.identity])),
        verifier: await verifierFor('identity'),
        factorEnrollment,
        notification: codes,
        firstPasswordDays: settings.COFACTOR_FIRST_PASSWORD_DAYS,
        builtFactors: builtTypes,
        registration: settings.COFACTOR_MODE === 'development' ? 'open' : 'operator',
        supportChecklist: checklistOf(settings),
      }),
    'factor-enrollment': async (parts: Parts) =>
      FactorEnrollmentModule.register({
        ...parts,
        ...sealing(parts),
        codes,
        notices: codes,
        sessions,
        relyingParty,
        factorSecrets: new FactorSecrets(vaultParts(parts)),
        hashing,
        signer: new Signer('factor-enrollment', await SigningKeys.of([signing['factor-enrollment']])),
        verifier: await verifierFor('factor-enrollment'),
      }),
    challenge: async (parts: Parts) =>
      ChallengeModule.register({
        ...parts,
        ...sealing(parts),
        codes,
        relyingParty,
        pendingChallenges: new MemoryPendingChallenges(parts.clock),
        factorSecrets: new FactorSecrets(vaultParts(parts)),
        hashing,
        signer: new Signer('challenge', await SigningKeys.of([signing.challenge])),
        verifier: await verifierFor('challenge'),
      }),
    notification: (parts: Parts) =>
      NotificationModule.register({
        ...parts,
        mode: settings.COFACTOR_MODE,
        contacts: new Contacts(vaultParts(parts)),
        ...sealing(parts),
        people: sessions,
        mail: settings.mail,
        texts: settings.texts,
        timeZone: settings.timeZone,
        pages,
      }),
    audit: async (parts: Parts, transport: PostgresLogStrategy) =>
      AuditModule.register({
        ...parts,
        verifier: await verifierFor('audit'),
        personalFields: new PersonalFields(vaultParts(parts)),
        visibility: new InboxReader({ database: parts.database, onCommit: (listener) => transport.onCommit(listener) }),
      }),
  };
}

const healthOf = async (service: RunningService, transport: PostgresLogStrategy): Promise<HealthReport> => ({
  ...(await service.health()),
  bus: transport.isHealthy(),
});

async function healthOfAll(
  services: readonly (readonly [Name, RunningService, PostgresLogStrategy])[],
): Promise<HealthReport> {
  const reports = services.map(async ([name, ...service]) =>
    Object.entries(await healthOf(...service)).map(([part, up]) => [`${name}.${part}`, up] as const),
  );
  return Object.fromEntries((await Promise.all(reports)).flat());
}
