import { startEmbeddedPostgres, type EmbeddedPostgres } from '@cofactor/embedded-postgres';
import { Database } from '@cofactor/event-store';
import type { Logger } from '@cofactor/service-kit';
import { databaseRoles, serviceDatabases, type DatabaseRole, type ServiceDatabase } from './database-roles';

/** The server of this machine, with every role and database in it; tables come by migrations. */
export interface LocalDatabases {
  readonly urlOf: (database: ServiceDatabase | 'vault', role: DatabaseRole) => string;
  stop(): Promise<void>;
}

export async function startLocalDatabases(
  home: string,
  passwords: Readonly<Record<DatabaseRole, string>>,
  logger: Logger,
): Promise<LocalDatabases> {
  const server = await startEmbeddedPostgres({
    home,
    superuserPassword: passwords.superuser,
    log: (line) => logger.debug({ line }, 'postgresql'),
  });
  try {
    await provision(server, passwords);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const urlOf = (database: string, role: DatabaseRole) =>
    `postgres://${role}:${encodeURIComponent(passwords[role])}@${server.host}:${server.port}/${database}`;
  return { urlOf, stop: server.stop };
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
