import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixedClock, startTestPostgres, type FixedClock, type TestPostgres } from '@cofactor/testkit';
import { Pool, type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import type { ErasureRecord } from './destroy-person';
import { Contacts } from './entries/contacts';
import { FactorSecrets } from './entries/factor-secrets';
import { Passwords } from './entries/passwords';
import { PersonalFields } from './entries/personal-fields';
import { FileMasterKey } from './keys/file-master-key';
import type { MasterKey } from './keys/master-key';
import type { Sql, VaultDatabase } from './sql';
import { vaultMigrations } from './vault-migrations';

/** Starting a server takes its time on a busy machine. */
jest.setTimeout(60_000);

/** Erasures that no restore is to follow. */
export const unrecorded: ErasureRecord = { personErased: () => Promise.resolve() };

/** A pool behind the vault's port, and the statements that went through it. */
export class TestDatabase implements VaultDatabase {
  readonly statements: string[] = [];
  private readonly pool: Pool;

  constructor(url: string) {
    this.pool = new Pool({ connectionString: url, max: 8 });
    // A connection that is closing may still hear that the server stops.
    this.pool.on('error', () => undefined);
  }

  query<Row>(statement: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.run<Row>(this.pool, statement, parameters);
  }

  async transaction<T>(work: (transaction: Sql) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work({ query: (statement, parameters = []) => this.run(client, statement, parameters) });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async run<Row>(
    connection: Pool | PoolClient,
    statement: string,
    parameters: readonly unknown[],
  ): Promise<Row[]> {
    this.statements.push(statement);
    return (await connection.query<Row & object>(statement, [...parameters])).rows;
  }
}

/** As one process of a service holds it: its own caches, its own reading of the key file. */
export interface VaultProcess {
  readonly masterKey: FileMasterKey;
  readonly factorSecrets: FactorSecrets;
  readonly contacts: Contacts;
  readonly passwords: Passwords;
  readonly personalFields: PersonalFields;
}

export interface TestVault extends VaultProcess {
  readonly database: TestDatabase;
  readonly clock: FixedClock;
  readonly keyFile: string;
  readonly url: string;
  /** Another process on the same database and key file; `wrapper` may stand in front of the master key. */
  another(wrapper?: (masterKey: FileMasterKey) => MasterKey): Promise<VaultProcess>;
  stop(): Promise<void>;
}

async function runMigrations(url: string): Promise<void> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    installExtensions: false,
    migrations: [...vaultMigrations],
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}

/** A vault on a real PostgreSQL of its own. */
export async function startTestVault(): Promise<TestVault> {
  const postgres = await startTestPostgres();
  const vault = await createTestVault(postgres);
  const stop = async () => {
    await vault.stop();
    await postgres.stop();
  };
  return { ...vault, stop };
}

/** A vault in a database of its own, with a fixed clock and a key file of its own. */
export async function createTestVault(postgres: TestPostgres): Promise<TestVault> {
  const { url } = await postgres.createDatabase();
  await runMigrations(url);
  const folder = await mkdtemp(join(tmpdir(), 'cofactor-vault-'));
  const keyFile = join(folder, 'keys.json');
  await FileMasterKey.create(keyFile);
  const database = new TestDatabase(url);
  const clock = fixedClock('2026-03-01T09:30:00.000Z');
  const another: TestVault['another'] = async (wrapper) => {
    const masterKey = await FileMasterKey.load(keyFile);
    const parts = { database, clock, masterKey: wrapper?.(masterKey) ?? masterKey };
    return {
      masterKey,
      factorSecrets: new FactorSecrets(parts),
      contacts: new Contacts({ ...parts, keyedHashes: masterKey }),
      passwords: new Passwords(parts),
      personalFields: new PersonalFields(parts),
    };
  };
  const stop = async () => {
    await database.close();
    await rm(folder, { recursive: true });
  };
  return { ...(await another()), database, clock, keyFile, url, another, stop };
}
