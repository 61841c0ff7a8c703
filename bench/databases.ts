import { startEmbeddedPostgres } from '@cofactor/embedded-postgres';
import { Database, migrate, type Migration } from '@cofactor/event-store';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

const role = 'bench';

/** A database of a bench: its tables are the product's, and so are the rights of the role that works on them. */
export interface BenchDatabase {
  /** Under the role of the services. */
  readonly url: string;
  /** Under the role that owns the tables. */
  readonly ownerUrl: string;
}

export interface BenchServer {
  createDatabase(name: string, migrations: readonly Migration[]): Promise<BenchDatabase>;
  stop(): Promise<void>;
}

/** The embedded PostgreSQL with the settings of `npm start`, syncing every commit, on data that go with it. */
export async function startServer(): Promise<BenchServer> {
  const home = mkdtempSync(join(tmpdir(), 'cofactor-bench-'));
  // The server runs under an account of its own, which must reach its folder.
  chmodSync(home, 0o711);
  const server = await startEmbeddedPostgres({
    home,
    superuserPassword: randomBytes(16).toString('hex'),
    lifetime: 'durable until stopped',
  });
  const password = randomBytes(16).toString('hex');
  await withClient(server.superuserUrl('postgres'), (client) =>
    client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`),
  );
  const createDatabase = async (name: string, migrations: readonly Migration[]): Promise<BenchDatabase> => {
    await withClient(server.superuserUrl('postgres'), (client) => client.query(`CREATE DATABASE ${name}`));
    const ownerUrl = server.superuserUrl(name);
    await migrate({ name, ownerUrl, migrations, applicationRole: role });
    return { url: Object.assign(new URL(ownerUrl), { username: role, password }).href, ownerUrl };
  };
  return { createDatabase, stop: () => server.stop() };
}

export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function withDatabase<T>(
  options: { readonly name: string; readonly url: string; readonly poolSize: number },
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await Database.open(options);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
