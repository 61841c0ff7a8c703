import { Database, migrate, type Migration } from '@cofactor/event-store';
import { grantVaultRights, vaultMigrations } from '@cofactor/secret-vault';
import { readConfiguration, runProcess, withFiles } from '@cofactor/service-kit';
import { z } from 'zod';
import { hostMigrations } from './restored/vault-mark';

export const ownerUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'takes the address of the database under the role that owns its tables',
});
const role = z.string().regex(/^[a-z_][a-z0-9_-]*$/, 'must be the name of a database role');

/** The roles that the services run under: the name of the service, unless the settings say otherwise. */
const roles = {
  identity: 'identity',
  'factor-enrollment': 'factor_enrollment',
  challenge: 'challenge',
  notification: 'notification',
  audit: 'audit',
} as const;

const roleSettings = z.object({
  IDENTITY_ROLE: role.default(roles.identity).describe('Role that identity runs under'),
  FACTOR_ENROLLMENT_ROLE: role.default(roles['factor-enrollment']).describe('Role that factor-enrollment runs under'),
  CHALLENGE_ROLE: role.default(roles.challenge).describe('Role that challenge runs under'),
  NOTIFICATION_ROLE: role.default(roles.notification).describe('Role that notification runs under'),
  AUDIT_ROLE: role.default(roles.audit).describe('Role that audit runs under'),
});
type RoleSettings = z.output<typeof roleSettings>;

/**
 * What a migration is told: only the address under the owner's role, which no running service has (DESIGN §4), and the
 * names of the application roles, which exist already.
 */
export const migrationSettings = z.object({
  MIGRATIONS_DATABASE_URL: ownerUrl.describe('The database to migrate, under the role that owns its tables'),
  ...roleSettings.shape,
});
type MigrationSettings = z.output<typeof migrationSettings>;
type Service = keyof typeof roles;

const roleOf = {
  identity: 'IDENTITY_ROLE',
  'factor-enrollment': 'FACTOR_ENROLLMENT_ROLE',
  challenge: 'CHALLENGE_ROLE',
  notification: 'NOTIFICATION_ROLE',
  audit: 'AUDIT_ROLE',
} as const satisfies Readonly<Record<string, keyof RoleSettings>>;

const read = (): MigrationSettings => readConfiguration(migrationSettings, withFiles(process.env));

/** Brings the database of one service up to date and ends this process: 0, or 1 with a sentence. */
export function runMigrations(service: Service, migrations: readonly Migration[]): void {
  runOnce(async () => {
    const settings = read();
    await migrateService(service, settings.MIGRATIONS_DATABASE_URL, migrations, settings);
    return `The database of ${service} is up to date.`;
  });
}

const migrateService = (name: Service, ownerUrl: string, migrations: readonly Migration[], settings: RoleSettings) =>
  migrate({
    name,
    ownerUrl,
    migrations: [...migrations, ...hostMigrations],
    applicationRole: settings[roleOf[name]],
  });

/** The same for the vault, with the rights of each service on it. */
export function runVaultMigrations(): void {
  runOnce(async () => {
    const settings = read();
    await migrateVault(settings.MIGRATIONS_DATABASE_URL, settings);
    return 'The vault is up to date.';
  });
}

const everyUrl = z.strictObject({
  identity: ownerUrl,
  'factor-enrollment': ownerUrl,
  challenge: ownerUrl,
  notification: ownerUrl,
  audit: ownerUrl,
  vault: ownerUrl,
});
/** The address of every database under the role that owns its tables, for the program that migrates them all. */
export type MigratedUrls = z.input<typeof everyUrl>;

/**
 * Brings the databases of all services and the vault up to date, where one machine has them all: one process, since
 * each of its own would load the same code again. It is told of them in MIGRATIONS_DATABASE_URLS, as JSON.
 */
export function runAllMigrations(migrationsOf: Readonly<Record<Service, readonly Migration[]>>): void {
  runOnce(async () => {
    const { MIGRATIONS_DATABASE_URLS: text } = process.env;
    const urls = readConfiguration(everyUrl, JSON.parse(text ?? '{}') as Readonly<Record<string, string>>);
    const settings = readConfiguration(roleSettings, process.env);
    const migrateOne = (name: Service) => migrateService(name, urls[name], migrationsOf[name], settings);
    await Promise.all([
      migrateOne('identity'),
      migrateOne('factor-enrollment'),
      migrateOne('challenge'),
      migrateOne('notification'),
      migrateOne('audit'),
      migrateVault(urls.vault, settings),
    ]);
    return 'Every database is up to date.';
  });
}

/** Migrates the vault and gives each service's role exactly its rights. */
export async function migrateVault(url: string, settings: RoleSettings) {
  const applicationRole = settings.IDENTITY_ROLE;
  await migrate({ name: 'vault', ownerUrl: url, migrations: vaultMigrations, applicationRole });
  const owner = await Database.open({ name: 'vault rights', url, poolSize: 1 });
  try {
    await grantVaultRights(owner, {
      identity: settings.IDENTITY_ROLE,
      factorEnrollment: settings.FACTOR_ENROLLMENT_ROLE,
      challenge: settings.CHALLENGE_ROLE,
      notification: settings.NOTIFICATION_ROLE,
      audit: settings.AUDIT_ROLE,
    });
  } finally {
    await owner.close();
  }
}

function runOnce(work: () => Promise<string>): void {
  runProcess(async () => {
    process.stdout.write(`${await work()}\n`);
    process.exit(0);
  });
}
