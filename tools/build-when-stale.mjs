/* Builds what `npm start` runs, when a source has changed since the last build; seeing that nothing has takes milliseconds. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, '.nx', 'started-build');
const outcomes = ['apps/standalone/dist/main.js', 'apps/web/dist/index.html'];
const notSources = new Set(['node_modules', 'dist', '.nx', 'coverage']);
const sharedSources = ['package-lock.json', 'tsconfig.base.json', 'nx.json'];

/** Resolves when the build is up to date; on failure prints what the build said and ends the process. */
export async function buildWhenStale() {
  const current = fingerprint();
  if (outcomes.every((file) => existsSync(join(root, file))) && lastBuilt() === current) return;
  console.log('Building Cofactor. This is done once after each change of the code.');
  const { code, said } = await run([
    join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js'),
    ...['run-many', '--target=build', '--projects=@cofactor/standalone,@cofactor/web', '--outputStyle=static'],
  ]);
  if (code !== 0) {
    console.error(`${said}\nThe build failed: the compiler says where, above.`);
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  // Taken anew: the build itself generates sources (the types of the web pages' calls).
  writeFileSync(stamp, fingerprint());
}

function lastBuilt() {
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
}

/** Names, sizes and times of every source, not contents: a few milliseconds for the whole project. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of [...sharedSources, ...sourcesIn('libs'), ...sourcesIn('apps')]) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function sourcesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return notSources.has(entry.name) ? [] : sourcesIn(path);
    return entry.isFile() ? [path] : [];
  });
}

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => child.kill();
    process.on('exit', end);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('close', (code) => {
      process.off('exit', end);
      resolve({ code, said });
    });
  });
}
