/*
 * `npm start` is npm → (a shell →) node. Someone who kills npm expects all of it to end, but a kill -9 tells nobody, and
 * the rest would live on. So the chain of parents up to npm is looked at every half second.
 */
import { readFileSync } from 'node:fs';

const EVERY_MILLISECONDS = 500;

/** Calls `gone` once when the npm that runs this script, or the shell between, has died. Does nothing without npm. */
export function whenNpmDies(gone) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const chain = chainToNpm();
  const timer = setInterval(() => {
    if (isWhole(chain)) return;
    clearInterval(timer);
    gone();
  }, EVERY_MILLISECONDS);
  timer.unref();
}

/** Our parent first, npm last; without /proc our parent alone, which is npm or a shell that npm waits for. */
function chainToNpm() {
  const chain = [process.ppid];
  for (let pid = process.ppid; !commandOf(pid).startsWith('npm');) {
    pid = parentOf(pid);
    if (pid === undefined || pid <= 1) return [process.ppid];
    chain.push(pid);
  }
  return chain;
}

/** An orphan has a new parent at once, also while its dead one is still a zombie that answers signals. */
function isWhole(chain) {
  if (process.ppid !== chain[0]) return false;
  return chain.slice(1).every((pid, index) => parentOf(chain[index]) === pid);
}

/** npm names its process after the command: `npm start`. */
function commandOf(pid) {
  return read(`/proc/${pid}/cmdline`) ?? 'npm';
}

function parentOf(pid) {
  const parent = read(`/proc/${pid}/status`)?.match(/^PPid:\s*(\d+)/m)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
