import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Node, tied to this process where Linux can do that: a test run that is broken off leaves nothing running. */
const setpriv = '/usr/bin/setpriv';
export const endingWithUs: readonly [command: string, ...before: string[]] = existsSync(setpriv)
  ? [setpriv, '--pdeathsig', 'KILL', process.execPath]
  : [process.execPath];

/**
 * The processes whose command line or working folder names a path, from /proc; none where there is no such folder.
 * The server's own processes show no path, but work in the data folder.
 */
export function processesNaming(path: string): readonly number[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.filter((id) => `${commandLine(id)} ${workingFolder(id)} ${environmentOf(id)}`.includes(path)).map(Number);
}

const commandLine = (id: string): string => orEmpty(() => readFileSync(`/proc/${id}/cmdline`, 'utf8'));
const environmentOf = (id: string): string => orEmpty(() => readFileSync(`/proc/${id}/environ`, 'utf8'));
const workingFolder = (id: string): string => orEmpty(() => readlinkSync(`/proc/${id}/cwd`));

/** A process may end while it is looked at. */
function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
