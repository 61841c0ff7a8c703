import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { librariesIn, unpackDebianPackage } from './redis-debian-package';
import { LocalServerMissing } from './local-server-missing';

const name = 'redis-server';

type Environment = Readonly<Record<string, string | undefined>>;

/** A program, and the environment that it needs to find what belongs to it. */
export interface RedisProgram {
  readonly path: string;
  readonly environment: Environment;
}

/**
 * The `redis-server` of this machine: the one on PATH, else the distribution's, fetched into this account's cache folder
 * where there is apt-get; nothing is installed, and no right is needed. Waits for the fetching. Throws
 * LocalServerMissing.
 */
export function redisProgram(environment: Environment = process.env): RedisProgram {
  const installed = { path: name, environment };
  if (runs(installed)) return installed;
  const folder = join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'cofactor', name);
  if (existsSync(folder)) {
    const kept = unpacked(folder, environment);
    if (runs(kept)) return kept;
    rmSync(folder, { recursive: true });
  }
  const problem = unpackDebianPackage(name, folder, environment);
  if (problem !== null) throw new LocalServerMissing('Redis', `install ${name} (${problem})`);
  const fetched = unpacked(folder, environment);
  if (!runs(fetched)) throw new LocalServerMissing('Redis', `install ${name} (the one that was fetched does not run)`);
  return fetched;
}

function unpacked(folder: string, environment: Environment): RedisProgram {
  const libraries = [...librariesIn(folder), environment['LD_LIBRARY_PATH'] ?? ''].filter((path) => path !== '');
  const path = join(folder, 'usr/bin', name);
  return { path, environment: { ...environment, LD_LIBRARY_PATH: libraries.join(delimiter) } };
}

const runs = ({ path, environment }: RedisProgram): boolean =>
  spawnSync(path, ['--version'], { env: environment, stdio: 'ignore' }).status === 0;
