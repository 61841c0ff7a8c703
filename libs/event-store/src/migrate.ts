import { Client } from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { connectionOptions } from './connection-options';
import { isRefusedByDatabase, type Sql } from './sql';

/** A TypeORM migration class; its name ends in a timestamp. */
export type Migration = new () => MigrationInterface;

export interface MigrateOptions {
  readonly name: string;
  /** Of the role that owns the tables; it is never the role that the service runs under. */
  readonly ownerUrl: string;
  readonly migrations: readonly Migration[];
  /** The existing role that the service runs under; migrations give it only the rights that it needs. */
  readonly applicationRole: string;
}

const roleSetting = 'cofactor.application_role';
const roleName = /^[a-z_][a-z0-9_-]*$/;

/**
 * Brings the tables of one database up to date, as their owner: all migrations that are missing in one transaction.
 * Replicas that start together wait for each other.
 */
export async function migrate({ name, ownerUrl, migrations, applicationRole }: MigrateOptions): Promise<void> {
  if (!roleName.test(applicationRole)) throw new Error(`not a role name: ${applicationRole}`);
  const turn = new Client({ ...connectionOptions, connectionString: ownerUrl });
  turn.on('error', () => undefined);
  const dataSource = new DataSource({
    type: 'postgres',
    applicationName: `${name} migrations`,
    url: ownerUrl,
    poolSize: 1,
    connectTimeoutMS: connectionOptions.connectionTimeoutMillis,
    installExtensions: false,
    entities: [],
    migrations: [...migrations],
    migrationsTransactionMode: 'all',
    synchronize: false,
    logging: false,
    poolErrorHandler: () => undefined,
    extra: { ...connectionOptions, options: `${connectionOptions.options} -c ${roleSetting}=${applicationRole}` },
  });
  try {
    await turn.connect();
    await turn.query("SELECT pg_advisory_lock(hashtext('cofactor migrations'))");
    await dataSource.initialize();
    await dataSource.runMigrations();
    // The service looks at its start whether its tables are there.
    await dataSource.query(`GRANT SELECT ON migrations TO "${applicationRole}"`);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await turn.end();
  }
}

/** No table of migrations, or (an early release) no right to read it: undefined_table, insufficient_privilege. */
const notMigratedYet = ['42P01', '42501'];

/** Whether all of these migrations have been run on the database; those of a newer release do no harm. */
export async function isMigrated(database: Sql, migrations: readonly Migration[]): Promise<boolean> {
  try {
    const rows = await database.query<{ name: string }>('SELECT name FROM migrations');
    const run = new Set(rows.map(({ name }) => name));
    return migrations.every(({ name }) => run.has(name));
  } catch (error) {
    if (isRefusedByDatabase(error) && notMigratedYet.includes(error.code ?? '')) return false;
    throw error;
  }
}

/** For migrations: gives the application's role rights on a table, such as `SELECT, INSERT`. */
export async function grantToApplication(runner: QueryRunner, rights: string, table: string): Promise<void> {
  await runner.query(
    `DO $$ BEGIN EXECUTE format('GRANT ${rights} ON ${table} TO %I', current_setting('${roleSetting}')); END $$`,
  );
}
