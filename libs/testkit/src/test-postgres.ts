import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  copyFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binariesVersion, CLUSTER, startEmbeddedPostgres, type EmbeddedPostgres } from '@cofactor/embedded-postgres';
import { Client } from 'pg';

export interface TestPostgres {
  /** A new, empty database; its URL has the rights of the superuser. */
  readonly createDatabase: () => Promise<{ readonly url: string; readonly name: string }>;
  readonly superuserUrl: (database: string) => string;
  /** Ends every connection, starts the server again on the same port; data are kept. */
  readonly restart: () => Promise<void>;
  /** Ends the server and removes its data. Should the process die first, its supervisor does the same. */
  readonly stop: () => Promise<void>;
}

const PASSWORD = 'only-for-tests';

/**
 * Starts a real PostgreSQL of its own for one spec file: a copy of a cluster that was initialised once on this machine,
 * without syncing to the disk unless `durable`. Call it in `beforeAll`, and `stop` in `afterAll`.
 */
export async function startTestPostgres({ durable = false } = {}): Promise<TestPostgres> {
  const template = await templateHome();
  const home = mkdtempSync(join(tmpdir(), 'cofactor-test-'));
  chmodSync(home, 0o711);
  copyFolder(join(template, CLUSTER), join(home, CLUSTER));
  const server = await startEmbeddedPostgres({
    home,
    superuserPassword: PASSWORD,
    lifetime: durable ? 'durable until stopped' : 'thrown away',
  });
  return {
    createDatabase: () => createDatabase(server),
    superuserUrl: server.superuserUrl,
    restart: server.restart,
    stop: server.stop,
  };
}

async function createDatabase(server: EmbeddedPostgres): Promise<{ url: string; name: string }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new Client(server.superuserUrl('postgres'));
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  return { url: server.superuserUrl(name), name };
}

/** Made once per machine and release of PostgreSQL; complete or absent, so that parallel workers may race for it. */
async function templateHome(): Promise<string> {
  const template = join(tmpdir(), `cofactor-test-template-${binariesVersion()}-${process.getuid?.() ?? 'user'}`);
  if (existsSync(template)) return template;
  const unfinished = mkdtempSync(`${template}-`);
  chmodSync(unfinished, 0o711);
  const server = await startEmbeddedPostgres({ home: unfinished, superuserPassword: PASSWORD });
  await server.stop();
  try {
    renameSync(unfinished, template);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(template)) throw error;
  }
  return template;
}

/** Keeps owners: as root, the cluster belongs to the account that runs the server. */
function copyFolder(from: string, to: string): void {
  const { mode, uid, gid } = statSync(from);
  mkdirSync(to, { mode });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else {
      copyFileSync(source, target);
      if (process.getuid?.() === 0) chownSync(target, uid, gid);
    }
  }
  if (process.getuid?.() === 0) chownSync(to, uid, gid);
}
