/*
 * `npm start`: installs what is missing, builds what is stale, and runs every service in this process.
 * Ctrl-C and SIGTERM are answered by the application, which shuts down gracefully; the death of npm counts as SIGTERM.
 */
import { createRequire } from 'node:module';
import { ensureInstalled } from './ensure-installed.mjs';
import { buildWhenStale } from './build-when-stale.mjs';
import { whenNpmDies } from './watch-npm.mjs';

const GRACE_AFTER_NPM_DIED = 4_000;

const endBuild = () => process.exit(130);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, endBuild);

// Before the installation, which blocks: an npm that dies meanwhile must be missed afterwards.
whenNpmDies(() => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), GRACE_AFTER_NPM_DIED).unref();
});
ensureInstalled();
await buildWhenStale();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, endBuild);
createRequire(import.meta.url)('../apps/standalone/dist/main.js');
