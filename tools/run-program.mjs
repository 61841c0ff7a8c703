/*
 * Installs what is missing, builds what is stale, and runs a program of ours in this process. Ctrl-C and SIGTERM are
 * answered by the program, which shuts down gracefully; the death of npm counts as SIGTERM.
 */
import { createRequire } from 'node:module';
import { ensureInstalled } from './ensure-installed.mjs';
import { buildWhenStale } from './build-when-stale.mjs';
import { whenNpmDies } from './watch-npm.mjs';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** `graceAfterNpmDied`: milliseconds that the program may take to end once npm is gone. */
export async function runProgram(program, graceAfterNpmDied) {
  const endBuild = () => process.exit(130);
  for (const signal of signals) process.on(signal, endBuild);
  // Before the installation, which blocks: an npm that dies meanwhile must be missed afterwards.
  whenNpmDies(() => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), graceAfterNpmDied).unref();
  });
  ensureInstalled();
  await buildWhenStale();
  for (const signal of signals) process.off(signal, endBuild);
  createRequire(import.meta.url)(program);
}
