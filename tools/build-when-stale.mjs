/*
 * Makes what `npm start` runs, when a source has changed since the last time; seeing that nothing has takes milliseconds.
 * It only translates, and archives the modules: types are checked by `nx build` and `npm test`. Someone who wants to see
 * Cofactor run waits three seconds for that, and would wait half a minute for the check of code that was checked before it
 * got here.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { archiveModules } from './archive-modules.mjs';
import { translate } from './translate.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const notSources = new Set(['node_modules', 'dist', '.nx', 'coverage']);

/** Resolves when all is up to date; on failure prints what went wrong and ends the process. */
export async function buildWhenStale() {
  const services = projects().filter((project) => project !== 'apps/web');
  const parts = [
    {
      stamp: join(root, '.nx', 'started-services'),
      sources: [
        'node_modules/.package-lock.json',
        '.swcrc',
        ...services.flatMap((project) => filesIn(`${project}/src`)),
      ],
      outcome: 'apps/standalone/dist/main.js',
      build: () => translate(root).then(() => archiveModules(root)),
    },
    {
      stamp: join(root, '.nx', 'started-pages'),
      sources: ['package-lock.json', ...filesIn('apps/web'), ...filesIn('libs/contracts/src')],
      outcome: 'apps/web/dist/index.html',
      build: bundlePages,
    },
  ];
  const stale = parts.filter(({ outcome, stamp, sources }) => {
    return (
      !existsSync(join(root, outcome)) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== fingerprint(sources)
    );
  });
  if (stale.length === 0) return;
  console.log('Building Cofactor. This is done once after each change of the code.');
  await Promise.all(stale.map(makeAnew));
}

async function makeAnew({ stamp, sources, build }) {
  const current = fingerprint(sources);
  try {
    await build();
  } catch (error) {
    console.error(`${error.message}\nThe build failed, as said above.`);
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, current);
}

function bundlePages() {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vite, 'build', '--logLevel=warn'], {
      cwd: join(root, 'apps', 'web'),
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = () => child.kill();
    process.on('exit', end);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('close', (code) => {
      process.off('exit', end);
      if (code === 0) resolve();
      else reject(new Error(said));
    });
  });
}

/** Names, sizes and times, not contents: a few milliseconds for the whole project. */
function fingerprint(sources) {
  const hash = createHash('sha256').update(process.version);
  for (const file of sources) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function projects() {
  return ['libs', 'apps'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`));
}

function filesIn(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return notSources.has(entry.name) ? [] : filesIn(path);
    return entry.isFile() && !entry.name.includes('.gen.') ? [path] : [];
  });
}
