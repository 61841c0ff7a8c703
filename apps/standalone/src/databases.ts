import { auditMigrations } from '@cofactor/audit';
import { challengeMigrations } from '@cofactor/challenge';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@cofactor/embedded-postgres';
import { Database, migrate, type Migration } from '@cofactor/event-store';
import { factorEnrollmentMigrations } from '@cofactor/factor-enrollment';
import { identityMigrations } from '@cofactor/identity';
import { notificationMigrations } from '@cofactor/notification';
import { grantVaultRights, vaultMigrations } from '@cofactor/secret-vault';
import type { Logger } from '@cofactor/service-kit';
import { databaseRoles, type DatabaseRole } from './home';

/** The services that have a database of their own, by the name of that database and of its application role. */
export const serviceDatabases = ['identity', 'factor_enrollment', 'challenge', 'notification', 'audit'] as const;
export type ServiceDatabase = (typeof serviceDatabases)[number];

const migrationsOf: Readonly<Record<ServiceDatabase, readonly Migration[]>> = {
  identity: identityMigrations,
  factor_enrollment: factorEnrollmentMigrations,
  challenge: challengeMigrations,
  notification: notificationMigrations,
  audit: auditMigrations,
};

const poolSizes: Readonly<Record<ServiceDatabase, number>> = {
  identity: 8,
  factor_enrollment: 6,
  challenge: 6,
  notification: 3,
  audit: 4,
};

/** The server of the embedded default with every database in it, migrated, and a way to each by its own role. */
export interface Databases {
  readonly urlOf: (database: ServiceDatabase | 'vault', role: DatabaseRole) => string;
  readonly ofService: Readonly<Record<ServiceDatabase, Database>>;
  /** The vault as one service may see it. */
  readonly vaultOf: Readonly<Record<ServiceDatabase, Database>>;
  close(): Promise<void>;
}

export async function openDatabases(
  home: string,
  passwords: Readonly<Record<DatabaseRole, string>>,
  logger: Logger,
): Promise<Databases> {
  const server = await startEmbeddedPostgres({
    home,
    superuserPassword: passwords.superuser,
    log: (line) => logger.debug({ line }, 'postgresql'),
  });
  try {
    const urlOf = (database: string, role: DatabaseRole) =>
      `postgres://${role}:${encodeURIComponent(passwords[role])}@${server.host}:${server.port}/${database}`;
    await provision(server, passwords);
    await migrateAll(urlOf);
    const ofService = await openEach((name) =>
      Database.open({ name, url: urlOf(name, name), poolSize: poolSizes[name] }),
    );
    const vaultOf = await openEach((name) =>
      Database.open({ name: `${name} vault`, url: urlOf('vault', name), poolSize: 4 }),
    );
    const close = async () => {
      await Promise.all([...Object.values(ofService), ...Object.values(vaultOf)].map((database) => database.close()));
      await server.stop();
    };
    return { urlOf, ofService, vaultOf, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Roles and databases that are missing. Each database is open to its own application role alone. */
async function provision(server: EmbeddedPostgres, passwords: Readonly<Record<DatabaseRole, string>>): Promise<void> {
  const superuser = await Database.open({ name: 'provisioning', url: server.superuserUrl('postgres'), poolSize: 1 });
  try {
    const roles = new Set(
      (await superuser.query<{ name: string }>('SELECT rolname AS name FROM pg_roles')).map(({ name }) => name),
    );
    for (const role of databaseRoles) {
      if (role === 'superuser' || roles.has(role)) continue;
      // Passwords are base64url text of our own making, so quoting them is safe.
      await superuser.query(`CREATE ROLE ${role} LOGIN PASSWORD '${passwords[role]}'`);
    }
    const existing = await superuser.query<{ name: string }>('SELECT datname AS name FROM pg_database');
    const databases = new Set(existing.map(({ name }) => name));
    for (const database of [...serviceDatabases, 'vault'] as const) {
      if (!databases.has(database)) await superuser.query(`CREATE DATABASE ${database} OWNER owner`);
      const mayConnect = database === 'vault' ? serviceDatabases.join(', ') : database;
      await superuser.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
      await superuser.query(`GRANT CONNECT ON DATABASE ${database} TO ${mayConnect}`);
    }
  } finally {
    await superuser.close();
  }
}

async function migrateAll(urlOf: (database: string, role: DatabaseRole) => string): Promise<void> {
  await Promise.all(
    serviceDatabases.map((name) =>
      migrate({ name, ownerUrl: urlOf(name, 'owner'), migrations: migrationsOf[name], applicationRole: name }),
    ),
  );
  const ownerUrl = urlOf('vault', 'owner');
  await migrate({ name: 'vault', ownerUrl, migrations: vaultMigrations, applicationRole: 'identity' });
  const owner = await Database.open({ name: 'vault rights', url: ownerUrl, poolSize: 1 });
  try {
    await grantVaultRights(owner, {
      identity: 'identity',
      factorEnrollment: 'factor_enrollment',
      challenge: 'challenge',
      notification: 'notification',
      audit: 'audit',
    });
  } finally {
    await owner.close();
  }
}

async function openEach(
  openOne: (name: ServiceDatabase) => Promise<Database>,
): Promise<Record<ServiceDatabase, Database>> {
  const [identity, factorEnrollment, challenge, notification, audit] = await Promise.all([
    openOne('identity'),
    openOne('factor_enrollment'),
    openOne('challenge'),
    openOne('notification'),
    openOne('audit'),
  ]);
  return { identity, factor_enrollment: factorEnrollment, challenge, notification, audit };
}
