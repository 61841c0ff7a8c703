/*
 * `npm run bench [-- names of benches] [-- --short]`: measures what `npm start` runs, prints a table, and after a full
 * run writes bench/results.json. See bench/README.md.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './ensure-installed.mjs';
import { buildWhenStale } from './build-when-stale.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

ensureInstalled();
await buildWhenStale();
const child = spawn(
  process.execPath,
  [
    ...['--conditions=@cofactor/source', '--require=@swc-node/register'],
    ...[join(root, 'bench', 'main.ts'), ...process.argv.slice(2)],
  ],
  {
    cwd: root,
    env: { ...process.env, TS_NODE_PROJECT: join(root, 'tsconfig.base.json') },
    stdio: 'inherit',
  },
);
// Ctrl-C reaches the whole group of processes; each ends by itself.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
