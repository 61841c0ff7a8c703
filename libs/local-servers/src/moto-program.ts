import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { LocalServerMissing } from './local-server-missing';

/** The release that is fetched where none is installed. */
const motoVersion = '5.2.2';
const name = 'moto_server';

type Environment = Readonly<Record<string, string | undefined>>;

/** How to run moto, which answers as Amazon SNS and SES do: a command and what stands before its arguments. */
export type MotoProgram = readonly [command: string, ...before: string[]];

/**
 * The `moto_server` on PATH, else PyPI's, fetched once into a virtual environment in this account's cache folder.
 * Nothing is installed, and no right is needed. Waits for the fetching. Throws LocalServerMissing.
 */
export function motoProgram(environment: Environment = process.env): MotoProgram {
  if (runs([name], environment)) return [name];
  const cache = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'cofactor', `moto-${motoVersion}`);
  if (!existsSync(folder)) fetchInto(folder, environment);
  // By its module: the scripts of a virtual environment name the folder in which it was made.
  const kept: MotoProgram = [join(folder, 'bin/python'), '-m', 'moto.server'];
  if (!runs(kept, environment)) throw new LocalServerMissing('moto', `remove ${folder}, which does not run`);
  return kept;
}

/** The folder is there whole or not at all, so that processes may race for it. */
function fetchInto(folder: string, environment: Environment): void {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  const run = (command: string, ...args: string[]): boolean =>
    spawnSync(command, args, { env: environment, stdio: 'ignore' }).status === 0;
  try {
    if (!run('python3', '-m', 'venv', work)) throw new LocalServerMissing('moto', 'install Python 3 with venv');
    if (!run(join(work, 'bin/pip'), 'install', '--quiet', `moto[server,sns,ses]==${motoVersion}`)) {
      throw new LocalServerMissing('moto', 'pip could not fetch it; try again');
    }
    renameSync(work, folder);
  } catch (error) {
    // Another process may have been quicker, with the same.
    if (error instanceof LocalServerMissing || !existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const runs = ([command, ...before]: MotoProgram, environment: Environment): boolean =>
  spawnSync(command, [...before, '--help'], { env: environment, stdio: 'ignore' }).status === 0;
