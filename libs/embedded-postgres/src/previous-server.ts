import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error';

/** No process can have this id (Linux ends at 2^22), so PostgreSQL takes the lock file that names it for stale. */
const NO_PROCESS = 2_147_483_647;
/** A supervisor whose parent has died ends its server within 5 s; it notices the death at once (milliseconds). */
const SUPERVISOR_NOTICES_WITHIN = 1_000;
const SUPERVISOR_ENDS_WITHIN = 6_000;

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Makes way for a new server on the cluster.
 * A lock file that names a dead process is left to PostgreSQL, which checks the shared memory too; one whose process
 * id now belongs to another program is made harmless; a server that is going down with its supervisor is waited for;
 * one whose supervisor was killed is shut down. Throws EmbeddedPostgresError when another Cofactor uses the cluster.
 */
export async function makeWay(cluster: string): Promise<void> {
  const started = Date.now();
  for (;;) {
    const pid = lockHolder(cluster);
    if (pid === undefined || !isAlive(pid)) return;
    const command = commandOf(pid);
    if (command !== undefined && !command.includes(cluster)) return disown(cluster);
    const waited = Date.now() - started;
    const supervised = isSupervised(pid);
    if (supervised && waited > SUPERVISOR_NOTICES_WITHIN && !isShuttingDown(cluster)) throw alreadyRunning(cluster);
    if (!supervised) shutDownOrphan(pid, waited);
    if (waited > SUPERVISOR_ENDS_WITHIN && supervised) throw alreadyRunning(cluster);
    await pause(25);
  }
}

/** The sentence for a second start on one data folder. */
export function alreadyRunning(cluster: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `Cofactor is already running with the data in ${cluster}: stop it first, or set COFACTOR_HOME to another folder.`,
  );
}

function lockHolder(cluster: string): number | undefined {
  try {
    return Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}

/** The eighth line of postmaster.pid tells what the server is doing (PostgreSQL's utils/pidfile.h). */
function isShuttingDown(cluster: string): boolean {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'stopping';
  } catch {
    return true;
  }
}

/** Only the first line changes: PostgreSQL still sees by the rest whether old backends hold the shared memory. */
function disown(cluster: string): void {
  const lock = join(cluster, 'postmaster.pid');
  const [, ...rest] = readFileSync(lock, 'utf8').split('\n');
  writeFileSync(lock, [NO_PROCESS, ...rest].join('\n'));
}

function shutDownOrphan(pid: number, waited: number): void {
  try {
    process.kill(pid, waited < 3_000 ? 'SIGINT' : waited < 5_000 ? 'SIGQUIT' : 'SIGKILL');
  } catch {
    // It is gone: the next look at the lock file says so.
  }
}

function isSupervised(pid: number): boolean {
  const parent = parentOf(pid);
  return parent === undefined || (commandOf(parent)?.includes('supervisor.cjs') ?? true);
}

/** The command line of a process; undefined where the system does not tell. */
function commandOf(pid: number): string | undefined {
  if (existsSync('/proc/self/cmdline')) return quietly(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '';
  return ps(pid, 'command=');
}

function parentOf(pid: number): number | undefined {
  if (existsSync('/proc/self/status')) {
    const status = quietly(() => readFileSync(`/proc/${pid}/status`, 'utf8'));
    const parent = status?.match(/^PPid:\s*(\d+)/m)?.[1];
    return parent === undefined ? undefined : Number(parent);
  }
  const parent = ps(pid, 'ppid=');
  return parent === undefined ? undefined : Number(parent);
}

function ps(pid: number, column: string): string | undefined {
  if (process.platform === 'win32') return undefined;
  return quietly(() => execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).trim());
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
