/*
 * `npm run services`: installs what is missing, builds what is stale, starts PostgreSQL, Redis and Kafka, and runs each
 * service as a process of its own. Ctrl-C and SIGTERM stop all of it; the death of npm counts as SIGTERM.
 */
import { createRequire } from 'node:module';
import { ensureInstalled } from './ensure-installed.mjs';
import { buildWhenStale } from './build-when-stale.mjs';
import { whenNpmDies } from './watch-npm.mjs';

const GRACE_AFTER_NPM_DIED = 12_000;

const endBuild = () => process.exit(130);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, endBuild);

whenNpmDies(() => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), GRACE_AFTER_NPM_DIED).unref();
});
ensureInstalled();
await buildWhenStale();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, endBuild);
createRequire(import.meta.url)('../apps/services/dist/main.js');
