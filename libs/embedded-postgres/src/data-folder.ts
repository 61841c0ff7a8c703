import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { isAlive } from './previous-server';
import type { ServerAccount } from './server-account';
import { tiedToParent } from './tied-to-parent';

/** The one role that exists after the first start; it owns everything. */
export const SUPERUSER = 'cofactor_owner';

/** The folder of the cluster; another major release of PostgreSQL cannot read it. */
export const CLUSTER = 'postgresql-18';
const UNFINISHED = 'initialising-';

/**
 * Makes the cluster when there is none. It grows under another name and is renamed when complete, so that a process
 * killed at any moment leaves either a whole cluster or none; what earlier attempts left is removed.
 */
export async function initialiseCluster(
  cluster: string,
  binaries: Binaries,
  account: ServerAccount | undefined,
  superuserPassword: string,
): Promise<void> {
  const parent = dirname(cluster);
  removeAbandoned(parent);
  if (existsSync(cluster)) return;
  const unfinished = join(parent, `${UNFINISHED}${process.pid}-${randomUUID()}`);
  const passwordFile = join(unfinished, 'password');
  const data = join(unfinished, 'data');
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    writeFileSync(passwordFile, `${superuserPassword}\n`, { mode: 0o600 });
    if (account !== undefined) for (const path of [unfinished, passwordFile]) chownSync(path, account.uid, account.gid);
    await runInitdb(binaries, account, data, passwordFile);
    rmSync(passwordFile);
    takeItsName(data, cluster);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function takeItsName(data: string, cluster: string): void {
  try {
    renameSync(data, cluster);
  } catch (error) {
    // Another start that finished first wins; this one's cluster is dropped.
    if (!existsSync(cluster)) throw error;
  }
  if (process.platform === 'win32') return;
  // The new name, too, must survive a power cut: initdb synced only what lies below it.
  const folder = openSync(dirname(cluster), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

async function runInitdb(
  binaries: Binaries,
  account: ServerAccount | undefined,
  data: string,
  passwordFile: string,
): Promise<void> {
  const [command, ...order] = [
    ...tiedToParent('KILL', binaries.initdb),
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ] as const;
  try {
    await promisify(execFile)(command, order, {
      ...account,
      cwd: '/',
      env: serverEnvironment(),
      windowsHide: true,
    });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? '';
    throw new EmbeddedPostgresError(`PostgreSQL could not make its data folder ${data}: ${said.trim()}`, {
      cause: error,
    });
  }
}

/** What the server's processes see of our environment: no password, key or PG* variable finds its way in. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP } = process.env;
  return process.platform === 'win32' ? { PATH, SystemRoot, TEMP } : { PATH, LC_ALL: 'C', TZ: 'UTC' };
}

function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const maker = Number(name.slice(UNFINISHED.length).split('-')[0]);
    if (!isAlive(maker)) rmSync(join(parent, name), { recursive: true, force: true, maxRetries: 5 });
  }
}
