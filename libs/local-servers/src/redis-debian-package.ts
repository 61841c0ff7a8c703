import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Fetches a package of Debian or Ubuntu and those that it needs beyond what is installed, and unpacks them into a
 * folder, which is there whole or not at all. Answers null, or in a few words why it could not be done. apt keeps its
 * lists in a folder of our own, so that it needs no right and waits for no other apt; it checks signatures as always.
 */
export function unpackDebianPackage(name: string, folder: string, environment: Environment): string | null {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    const apt = aptIn(work, environment);
    if (apt(['update']).status !== 0) return 'apt-get could not fetch it';
    const uris = apt(['install', '-qq', '--print-uris', name]).stdout;
    const needed = [...uris.matchAll(/^'[^']+' ([^_\s]+)_/gm)].flatMap(([, needs]) => needs ?? []);
    if (needed.length === 0 || apt(['download', ...needed]).status !== 0) return 'apt-get could not fetch it';
    const root = join(work, 'root');
    for (const file of readdirSync(work).filter((entry) => entry.endsWith('.deb'))) {
      if (spawnSync('dpkg', ['-x', join(work, file), root]).status !== 0) return 'dpkg could not unpack it';
    }
    putInPlace(root, folder);
    return null;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The folders of an unpacked package that hold libraries. */
export function librariesIn(folder: string): readonly string[] {
  const libraries = join(folder, 'usr/lib');
  if (!existsSync(libraries)) return [];
  const inner = readdirSync(libraries, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [libraries, ...inner.map((entry) => join(libraries, entry.name))];
}

function aptIn(work: string, environment: Environment) {
  const [lists, cache] = [join(work, 'lists'), join(work, 'cache')];
  for (const partial of [join(lists, 'partial'), join(cache, 'archives/partial')])
    mkdirSync(partial, { recursive: true });
  const settings = [
    `Dir::State::Lists=${lists}`,
    `Dir::Cache=${cache}`,
    'Debug::NoLocking=1',
    'APT::Install-Recommends=false',
    'APT::Sandbox::User=',
  ].flatMap((setting) => ['-o', setting]);
  return (args: readonly string[]) =>
    spawnSync('apt-get', [...settings, ...args], { cwd: work, env: environment, encoding: 'utf8' });
}

/** Another process may have been quicker, with the same. */
function putInPlace(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
