import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { canReach, type ServerAccount } from './server-account';

/** Where everything lies that an unprivileged account must reach when the project or its data are closed to it. */
export const SYSTEM_FOLDER = '/var/lib/cofactor';

/** The programs of PostgreSQL for this machine. */
export interface Binaries {
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/**
 * Finds the binaries that npm installed for this platform and makes them usable by the account that runs the server:
 * symbolic links that a blocked postinstall left out are made, and a folder that the account cannot reach is copied
 * once to SYSTEM_FOLDER. Throws EmbeddedPostgresError where the platform has no binaries.
 */
export function findBinaries(account: ServerAccount | undefined): Binaries {
  const { native, version } = platformPackage();
  const folder = placeWithinReach(native, version, account);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(folder, 'bin', `${name}${suffix}`);
  return { version, initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

/** The release of the binaries that npm installed for this platform. */
export function binariesVersion(): string {
  return platformPackage().version;
}

function platformPackage(): { native: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  // The platform packages are dependencies of embedded-postgres, not ours: resolved from where it lies.
  const require = createRequire(join(__dirname, 'binaries.js'));
  try {
    const wrapper = createRequire(require.resolve('embedded-postgres'));
    const root = dirname(dirname(wrapper.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}, or "npm ci" left it out: ${name} is missing.`,
      { cause: error },
    );
  }
}

/**
 * The folder with the programs, complete and within the account's reach: the given one, or a copy in SYSTEM_FOLDER that
 * is made once for each release.
 */
export function placeWithinReach(native: string, version: string, account: ServerAccount | undefined): string {
  if (!reachable(account, native)) return copyOnce(native, version);
  prepare(native);
  return native;
}

function reachable(account: ServerAccount | undefined, native: string): boolean {
  return ['bin/postgres', 'lib', 'share'].every((part) => {
    const path = join(native, part);
    return !existsSync(path) || canReach(account, path);
  });
}

/** Complete or absent: a copy that was killed half-way is a folder under another name. */
function copyOnce(native: string, version: string): string {
  const target = join(SYSTEM_FOLDER, `postgresql-${version}`);
  if (existsSync(target)) return target;
  mkdirSync(SYSTEM_FOLDER, { recursive: true, mode: 0o755 });
  const unfinished = `${target}.${process.pid}`;
  cpSync(native, unfinished, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith('.a') && !source.endsWith('pkgconfig'),
  });
  prepare(unfinished);
  openToAll(unfinished);
  try {
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

function prepare(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (existsSync(list)) {
    const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
    for (const { source, target } of links) makeLink(native, source, target);
  }
  for (const name of process.platform === 'win32' ? [] : ['initdb', 'postgres', 'pg_ctl']) {
    const program = join(native, 'bin', name);
    if ((statSync(program).mode & 0o555) !== 0o555) chmodSync(program, 0o755);
  }
}

/** The list names both ends relative to the package, as `native/lib/…`; `target` is the link to be made. */
function makeLink(native: string, source: string, target: string): void {
  const link = join(dirname(native), target.replace(/^native/, relativeName(native)));
  if (existsSync(link)) return;
  const original = join(dirname(native), source.replace(/^native/, relativeName(native)));
  try {
    symlinkSync(relative(dirname(link), original), link);
  } catch (error) {
    // Another start made it in the meantime.
    if (!existsSync(link)) throw error;
  }
}

function relativeName(native: string): string {
  return relative(dirname(native), native);
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode | 0o444);
  }
}
