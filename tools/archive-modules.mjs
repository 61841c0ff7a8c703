/*
 * Makes the archive out of which programs load their modules (docs/adr/0016), from a tree that is built. It is made
 * where it is used: for that Node, and for the packages that are installed there.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A newer one keeps bytecode by itself, and has not been seen to load modules out of an archive: there is none for it. */
const isNodeOfTheArchive = !('enableCompileCache' in Module);

/** Every program of the tree that is built there. Rejects with what was said where one of them cannot be loaded. */
export async function archiveModules(root) {
  if (!isNodeOfTheArchive) return;
  const programs = readdirSync(join(root, 'apps'))
    .flatMap((app) => ['program.js', 'migrations.js'].map((file) => join(root, 'apps', app, 'dist', file)))
    .filter((file) => existsSync(file));
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'libs/launcher/dist/record.js'), ...programs], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(said))));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await archiveModules(fileURLToPath(new URL('..', import.meta.url)));
