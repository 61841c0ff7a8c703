import { readdirSync, readFileSync } from 'node:fs';

/** Of a second, the part that the kernel counts processor time in: USER_HZ, which is 100 on every Linux. */
const tick = 0.01;

/** A process may end between the listing and the look: then there is nothing of it. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** A process and all that it and its children have started. Linux only, as everything here. */
export function treeOf(pid: number): readonly number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = all.map(
    (name) => [Number(name), Number(/^PPid:\s+(\d+)$/m.exec(read(Number(name), 'status'))?.[1])] as const,
  );
  const below = (parent: number): readonly number[] => [
    parent,
    ...parents.filter(([, its]) => its === parent).flatMap(([child]) => below(child)),
  ];
  return below(pid);
}

/**
 * Megabytes (10^6 bytes) of these processes together: proportional set size, so that memory that several of them share
 * counts once.
 */
export function memoryOf(pids: readonly number[]): number {
  const bytes = pids.map((pid) => Number(/^Pss:\s+(\d+) kB$/m.exec(read(pid, 'smaps_rollup'))?.[1] ?? '0') * 1024);
  return bytes.reduce((sum, each) => sum + each, 0) / 1e6;
}

/**
 * Seconds of processor time that these processes have used, in their own code and in the kernel, and those of their
 * children that have ended, as PostgreSQL's helpers do all the time.
 */
export function processorTimeOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksIn(read(pid, 'stat')), 0) * tick;
}

/** utime, stime, cutime and cstime of a line of /proc/<pid>/stat, of which the name may hold anything. 0 for none. */
export function ticksIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

/** The arguments that a process was started with, its program first. */
export const commandOf = (pid: number): readonly string[] => read(pid, 'cmdline').split('\0').slice(0, -1);

/** The environment that a process was started with. */
export function environmentOf(pid: number): Readonly<Record<string, string>> {
  const entries = read(pid, 'environ').split('\0').slice(0, -1);
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}
