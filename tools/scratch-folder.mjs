/*
 * Where the tests of one run keep what they throw away: in memory where there is room, since a disk that is asked to keep
 * the data of a hundred databases takes longer than the tests themselves.
 */
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { constrainedMemory } from 'node:process';
import { freemem } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
const GIBIBYTE = 2 ** 30;
/** A run holds about one at a time; the rest is for those who share the machine. */
const roomWanted = 4 * GIBIBYTE;
const memoryWanted = 8 * GIBIBYTE;
const nameOf = (processId) => `cofactor-tests-${processId}-`;

/** Points this process, and all that it starts, to a new folder in memory, which goes with it; else changes nothing. */
export function keepScratchInMemory() {
  if (!hasRoom()) return;
  removeAbandoned();
  const folder = mkdtempSync(join(memory, nameOf(process.pid)));
  // The servers of databases run as another account.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}

function hasRoom() {
  // What a container may use: nothing is said of one that is not limited.
  const limit = constrainedMemory() || Infinity;
  if (Math.min(freemem(), limit) < memoryWanted) return false;
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= roomWanted;
  } catch {
    return false;
  }
}

/** Those of runs that were killed. */
function removeAbandoned() {
  for (const name of readdirSync(memory)) {
    const [, processId] = /^cofactor-tests-(\d+)-/.exec(name) ?? [];
    if (processId !== undefined && !isAlive(Number(processId)))
      rmSync(join(memory, name), { recursive: true, force: true });
  }
}

function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
