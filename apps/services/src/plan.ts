import type { LocalDatabases, ServiceDatabase } from '@cofactor/local-installation';
import type { MigratedUrls } from '@cofactor/service-host';
import { dirname, join } from 'node:path';
import type { KeyFiles } from './key-files';
import type { ProcessPlan } from './service-processes';

/** The services with a database, and that database. */
const databaseOf = {
  identity: 'identity',
  'factor-enrollment': 'factor_enrollment',
  challenge: 'challenge',
  notification: 'notification',
  audit: 'audit',
} as const satisfies Readonly<Record<string, ServiceDatabase>>;

export type BackService = keyof typeof databaseOf;
export type ServiceName = BackService | 'gateway';
export const backServices = Object.keys(databaseOf) as readonly BackService[];
export const serviceNames: readonly ServiceName[] = [...backServices, 'gateway'];

/** Where everything is on this machine. */
export interface Surroundings {
  readonly databases: Pick<LocalDatabases, 'urlOf'>;
  readonly keyFiles: KeyFiles;
  readonly redisUrl: string;
  readonly kafkaBrokers: string;
  /** The port under which a service is called, whichever replica answers. Of the gateway: the internal one. */
  readonly portOf: (service: ServiceName) => number;
  /** The address of the pages. */
  readonly pages: string;
  readonly origins: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Replica {
  readonly service: ServiceName;
  /** From 1 on. */
  readonly replica: number;
  /** Where this replica answers the other services and operations people. */
  readonly port: number;
  /** Of a gateway: the port of the pages and the interface. */
  readonly publicPort: number | null;
}

/** Where each service is built. */
const moduleOf: Readonly<Record<ServiceName, string>> = {
  identity: require.resolve('@cofactor/identity'),
  'factor-enrollment': require.resolve('@cofactor/factor-enrollment'),
  challenge: require.resolve('@cofactor/challenge'),
  notification: require.resolve('@cofactor/notification'),
  audit: require.resolve('@cofactor/audit'),
  gateway: require.resolve('@cofactor/gateway'),
};

const programOf = (service: ServiceName): string => join(dirname(moduleOf[service]), 'main.js');

/** How one replica of a service is run. */
export function planOf({ service, replica, port, publicPort }: Replica, around: Surroundings): ProcessPlan {
  const { keyFiles, portOf } = around;
  const url = (name: ServiceName): string => `http://127.0.0.1:${portOf(name)}`;
  const common = {
    ...around.environment,
    COFACTOR_SIGNING_KEYS: keyFiles.signing(service),
    COFACTOR_GATEWAY_URL: url('gateway'),
    COFACTOR_IDENTITY_URL: url('identity'),
    COFACTOR_FACTOR_ENROLLMENT_URL: url('factor-enrollment'),
    COFACTOR_CHALLENGE_URL: url('challenge'),
    COFACTOR_NOTIFICATION_URL: url('notification'),
    COFACTOR_AUDIT_URL: url('audit'),
    COFACTOR_PAGES_URL: around.pages,
    COFACTOR_ORIGINS: around.environment.COFACTOR_ORIGINS ?? around.origins.join(','),
    REDIS_URL: around.redisUrl,
    KAFKA_BROKERS: around.kafkaBrokers,
  };
  const name = replica === 1 ? service : `${service} ${replica}`;
  const { COFACTOR_BUILDS: builds } = around.environment;
  const program =
    builds === undefined
      ? programOf(service)
      : join(builds, `${service}-${replica}`, 'apps', service, 'dist', 'main.js');
  if (service === 'gateway') {
    const door = {
      PORT: String(publicPort),
      COFACTOR_INTERNAL_PORT: String(port),
    };
    return { name, program, environment: { ...common, ...door } };
  }
  const role = databaseOf[service];
  const own = {
    PORT: String(port),
    COFACTOR_LISTEN: '127.0.0.1',
    DATABASE_URL: around.databases.urlOf(role, role),
    VAULT_DATABASE_URL: around.databases.urlOf('vault', role),
    COFACTOR_VAULT_KEYS: keyFiles.vault(service),
  };
  return { name, program, environment: { ...common, ...own } };
}

/** The migrations of every database, by one program that ends by itself. */
export function migrationPlan({
  databases,
  environment,
}: Pick<Surroundings, 'databases' | 'environment'>): ProcessPlan {
  const url = (database: ServiceDatabase | 'vault') => databases.urlOf(database, 'owner');
  const urls: MigratedUrls = {
    identity: url('identity'),
    'factor-enrollment': url('factor_enrollment'),
    challenge: url('challenge'),
    notification: url('notification'),
    audit: url('audit'),
    vault: url('vault'),
  };
  const program = join(__dirname, 'migrate.js');
  return {
    name: 'migrations',
    program,
    environment: { ...environment, MIGRATIONS_DATABASE_URLS: JSON.stringify(urls) },
  };
}
