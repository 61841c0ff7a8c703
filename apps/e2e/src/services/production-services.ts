import { freePort, sharedTestKafka, sharedTestRedis, startTestPostgres } from '@cofactor/testkit';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MailSink } from '../mail-sink';
import { ServiceProgram } from './service-program';

/** This release, as it was built before the tests. */
export const thisRelease = join(__dirname, '../../../..');
export const backServices = ['identity', 'factor-enrollment', 'challenge', 'notification', 'audit'] as const;
export type ServiceName = (typeof backServices)[number] | 'gateway';
type Environment = Readonly<Record<string, string>>;

const programOf = (service: ServiceName): string => join(thisRelease, 'apps', service, 'dist/main.js');
const databaseOf = (service: string): string => service.replaceAll('-', '_');
const variableOf = (service: string): string => `COFACTOR_${databaseOf(service).toUpperCase()}_URL`;

/**
 * What an operator has before any service runs in production mode: the passwords and keys that `npm run secrets` makes,
 * a server with the roles and databases that infra/postgres/provision.mjs makes, tables by `npm run migrate`, Redis,
 * Kafka and a mail server.
 */
export class ProductionServices {
  readonly #running: ServiceProgram[] = [];

  private constructor(
    private readonly home: string,
    private readonly postgres: Awaited<ReturnType<typeof startTestPostgres>>,
    private readonly redis: Awaited<ReturnType<typeof sharedTestRedis>>,
    private readonly kafka: Awaited<ReturnType<typeof sharedTestKafka>>,
    private readonly prefix: string,
    readonly mail: MailSink,
    readonly ports: Readonly<Record<ServiceName | 'public', number>>,
  ) {}

  static async prepare(): Promise<ProductionServices> {
    const home = mkdtempSync(join(tmpdir(), 'cofactor-production-'));
    const [postgres, redis, kafka, mail] = await Promise.all([
      startTestPostgres(),
      sharedTestRedis(),
      sharedTestKafka(),
      MailSink.start(),
    ]);
    const names = [...backServices, 'gateway', 'public'] as const;
    const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
    // Object.fromEntries forgets the keys; they are the names.
    const complete = ports as Record<(typeof names)[number], number>;
    const services = new ProductionServices(home, postgres, redis, kafka, kafka.newPrefix(), mail, complete);
    await services.#run('infra/docker/make-secrets.mjs', {
      COFACTOR_SECRETS: services.secret('.'),
      COFACTOR_ENV: join(home, 'env'),
    });
    await services.provision();
    return services;
  }

  /** The path of one of the files that `npm run secrets` made. */
  secret(name: string): string {
    return join(this.home, 'secrets', name);
  }

  get url(): string {
    return `http://localhost:${this.ports.public}`;
  }

  /** Roles, databases and who may connect; as often as one likes. */
  async provision(): Promise<void> {
    const passwords = ['owner', ...backServices.map(databaseOf)].map(
      (role) => [`${role.toUpperCase()}_PASSWORD_FILE`, this.secret(`${role}-password`)] as const,
    );
    await this.#run('infra/postgres/provision.mjs', {
      ...Object.fromEntries(passwords),
      PROVISIONING_DATABASE_URL: this.postgres.superuserUrl('postgres'),
    });
  }

  /** As `npm run migrate` does it. */
  async migrate(name: string): Promise<void> {
    const MIGRATIONS_DATABASE_URL = this.urlIn(`${databaseOf(name)}-migrations-database-url`);
    await this.#run('tools/migrate.mjs', { MIGRATIONS_DATABASE_URL }, [name]);
  }

  async migrateAll(): Promise<void> {
    await Promise.all([...backServices, 'vault'].map((name) => this.migrate(name)));
  }

  /** An address of a database that `npm run secrets` wrote, on the server of this test. */
  urlIn(file: string): string {
    const url = new URL(readFileSync(this.secret(file), 'utf8').trim());
    url.host = new URL(this.postgres.superuserUrl('postgres')).host;
    return url.href;
  }

  superuserUrl(database: string): string {
    return this.postgres.superuserUrl(database);
  }

  /** All that a service is told in production mode. */
  environmentOf(service: ServiceName): Environment {
    const peers = [...backServices, 'gateway' as const].map(
      (name) => [variableOf(name), `http://127.0.0.1:${this.ports[name]}`] as const,
    );
    const common = {
      ...Object.fromEntries(peers),
      COFACTOR_MODE: 'production',
      COFACTOR_SIGNING_KEYS: this.secret(`keys/${service}/signing-keys.json`),
      REDIS_URL: this.redis.url,
      REDIS_PREFIX: `${this.prefix}:`,
    };
    if (service === 'gateway') {
      return { ...common, PORT: String(this.ports.public), COFACTOR_INTERNAL_PORT: String(this.ports.gateway) };
    }
    return {
      ...common,
      PORT: String(this.ports[service]),
      COFACTOR_LISTEN: '127.0.0.1',
      DATABASE_URL: this.urlIn(`${databaseOf(service)}-database-url`),
      VAULT_DATABASE_URL: this.urlIn(`${databaseOf(service)}-vault-database-url`),
      COFACTOR_VAULT_KEYS: this.secret(`keys/${service}/vault-keys.json`),
      KAFKA_BROKERS: this.kafka.brokers,
      KAFKA_TOPIC_PREFIX: this.prefix,
      KAFKA_PARTITIONS: '3',
      COFACTOR_PAGES_URL: this.url,
      ...(service === 'notification' ? { SMTP_URL: this.mail.url, MAIL_FROM: 'Cofactor <mfa@practice.example>' } : {}),
    };
  }

  /** Resolves when it says that it is ready, or `says`. */
  async start(service: ServiceName, changed: Environment = {}, says?: string): Promise<ServiceProgram> {
    const environment = { ...this.environmentOf(service), ...changed };
    const running = await ServiceProgram.start(programOf(service), environment, says);
    this.#running.push(running);
    return running;
  }

  /** Starts a service with other settings than those that are right; answers its exit code, and what it said. */
  async startAndEnd(service: ServiceName, changed: Environment, without: readonly string[] = []) {
    const settings = Object.entries({ ...this.environmentOf(service), ...changed });
    const environment = Object.fromEntries(settings.filter(([name]) => !without.includes(name)));
    return ServiceProgram.end(programOf(service), environment);
  }

  /** `npm run operator -- EMAIL` at identity's machine. */
  async operator(email: string): Promise<string> {
    const { DATABASE_URL = '', VAULT_DATABASE_URL = '', COFACTOR_VAULT_KEYS = '' } = this.environmentOf('identity');
    return this.#run('tools/operator.mjs', { DATABASE_URL, VAULT_DATABASE_URL, COFACTOR_VAULT_KEYS }, [email]);
  }

  /** What an operations person runs on databases that came back from a backup. */
  async afterRestore(changed: Environment = {}) {
    const { KAFKA_BROKERS = '', KAFKA_TOPIC_PREFIX = '' } = this.environmentOf('identity');
    const addresses = ['identity', 'factor_enrollment', 'challenge', 'notification', 'vault'].map(
      (database) =>
        [
          `${database.toUpperCase()}_MIGRATIONS_DATABASE_URL`,
          this.urlIn(`${database}-migrations-database-url`),
        ] as const,
    );
    const environment = { ...Object.fromEntries(addresses), KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, ...changed };
    return ServiceProgram.end(join(thisRelease, 'tools/backups.mjs'), environment, ['after-restore']);
  }

  /** Stops every process that was started here. */
  async stopAll(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((running) => running.stop()));
  }

  async remove(): Promise<void> {
    await this.stopAll();
    await Promise.all([this.postgres.stop(), this.redis.stop(), this.kafka.stop(), this.mail.stop()]);
    rmSync(this.home, { recursive: true, force: true });
  }

  async #run(program: string, environment: Environment, words: readonly string[] = []): Promise<string> {
    const { code, said } = await ServiceProgram.end(join(thisRelease, program), environment, words);
    if (code !== 0) throw new Error(`${program}: ${said}`);
    return said;
  }
}
