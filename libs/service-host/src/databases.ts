import { Database, isMigrated, type Migration } from '@cofactor/event-store';
import { vaultMigrations } from '@cofactor/secret-vault';
import { ConfigurationError, refuseInProduction, type Closing, type DevelopmentPart } from '@cofactor/service-kit';
import { hostMigrations } from './restored/vault-mark';
import type { HostSettings } from './settings';

interface Wanted {
  readonly service: string;
  readonly poolSize: number;
  readonly migrations: readonly Migration[];
}

export interface ServiceDatabases {
  readonly database: Database;
  readonly vault: Database;
}

/** Connections to the vault; it is asked for one entry at a time. */
const vaultPool = 4;

/**
 * Opens the service's own database and the vault. Throws ConfigurationError where one cannot be reached, is not migrated,
 * or, in production mode, would be used under a role that may do anything.
 */
export async function openDatabases(
  settings: HostSettings,
  { service, poolSize, migrations }: Wanted,
  closings: Closing[],
): Promise<ServiceDatabases> {
  const open = async (variable: 'DATABASE_URL' | 'VAULT_DATABASE_URL', name: string, size: number) => {
    const database = await Database.open({ name, url: settings[variable], poolSize: size }).catch((error: unknown) => {
      throw new ConfigurationError(`${variable}: the database cannot be used (${reasonOf(error)}).`);
    });
    closings.push(() => database.close());
    return database;
  };
  const database = await open('DATABASE_URL', service, poolSize);
  const vault = await open('VAULT_DATABASE_URL', `${service} vault`, vaultPool);
  await requireMigrated(database, [...migrations, ...hostMigrations], 'DATABASE_URL', service);
  await requireMigrated(vault, vaultMigrations, 'VAULT_DATABASE_URL', 'vault');
  const powerful = [...(await powersOf(database, 'DATABASE_URL')), ...(await powersOf(vault, 'VAULT_DATABASE_URL'))];
  refuseInProduction(settings.COFACTOR_MODE, powerful);
  return { database, vault };
}

async function requireMigrated(
  database: Database,
  migrations: readonly Migration[],
  variable: string,
  name: string,
): Promise<void> {
  if (await isMigrated(database, migrations)) return;
  throw new ConfigurationError(`${variable}: tables are missing there; run "npm run migrate -- ${name}" first.`);
}

/** A role that owns the tables could change the past: audit's records, the log, its own rights (DESIGN §4). */
async function powersOf(database: Database, variable: string): Promise<readonly DevelopmentPart[]> {
  const [role] = await database.query<{ superuser: boolean; owner: boolean }>(
    `SELECT r.rolsuper AS superuser,
            EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid AND c.relkind = 'r') AS owner
       FROM pg_roles r WHERE r.rolname = current_user`,
  );
  const instead = 'give it the application role of the service';
  if (role?.superuser) return [{ name: `${variable} under a superuser`, instead }];
  return role?.owner ? [{ name: `${variable} under the owner of the tables`, instead }] : [];
}

/** What PostgreSQL or the system calls it; the message could hold the address with its password. */
function reasonOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code: unknown = 'code' in cause ? cause.code : undefined;
    if (typeof code === 'string') return sentences[code] ?? code;
  }
  return 'no answer';
}

const sentences: Readonly<Record<string, string>> = {
  '28P01': 'the password or the role is wrong',
  '28000': 'the role may not connect',
  '3D000': 'there is no such database',
  '53300': 'it has too many connections',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
};
