import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const root = join(__dirname, '..');
const longestStart = 120_000;
const databasesSchema = z.record(z.string(), z.object({ url: z.string() }));

/** What is started: the application alone, or all that `npm start` starts. */
export type Command = 'application' | 'npm start';

const commands: Readonly<Record<Command, readonly [string, ...string[]]>> = {
  application: [process.execPath, join(root, 'apps', 'standalone', 'dist', 'main.js')],
  'npm start': ['npm', 'start', '--silent'],
};

/** A data folder of the embedded default, and the process that serves it. */
export class Installation {
  private constructor(
    readonly home: string,
    readonly base: string,
    private readonly process: ChildProcess,
    /** Milliseconds from the start of the command until /health/ready answered 200. */
    readonly startUp: number,
  ) {}

  static newHome(): string {
    const home = mkdtempSync(join(tmpdir(), 'cofactor-bench-'));
    chmodSync(home, 0o711);
    return home;
  }

  static async start(home: string, command: Command = 'application'): Promise<Installation> {
    const port = await freePort();
    const began = performance.now();
    const [program, ...args] = commands[command];
    const child = spawn(program, args, {
      cwd: root,
      // Every request comes from one address here, so flood control must let them through.
      env: { ...process.env, COFACTOR_HOME: home, PORT: String(port), COFACTOR_FLOOD_LIMIT: '100000000' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    endWithUs(child);
    const base = `http://localhost:${port}`;
    while (!(await isReady(base))) {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode} before it was ready`);
      if (performance.now() - began > longestStart) throw new Error(`${command} was not ready in time`);
      await pause(10);
    }
    return new Installation(home, base, child, performance.now() - began);
  }

  /** Where the log of a service is, as the operators' commands find it. */
  logUrl(service: string): string {
    const text = readFileSync(join(this.home, 'run', 'databases.json'), 'utf8');
    const url = databasesSchema.parse(JSON.parse(text))[service]?.url;
    if (url === undefined) throw new Error(`${service} has no database`);
    return url;
  }

  /**
   * Megabytes (10^6 bytes) of the whole tree of processes, PostgreSQL's included: proportional set size, so that
   * memory that several of them share counts once. Linux only.
   */
  memory(): number {
    const pid = this.process.pid;
    if (pid === undefined) throw new Error('it has not started');
    const bytes = treeOf(pid).map((member) => {
      const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readProcess(member, 'smaps_rollup'))?.[1] ?? '0';
      return Number(kilobytes) * 1024;
    });
    return bytes.reduce((sum, each) => sum + each, 0) / 1e6;
  }

  /** Resolves when no process of it is left: npm ends before what it has started. */
  async stop(): Promise<void> {
    const { pid, exitCode, signalCode } = this.process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const members = treeOf(pid);
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
    while (members.some((member) => existsSync(`/proc/${member}`))) await pause(10);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A bench that is broken off leaves no process behind. */
export function endWithUs(child: ChildProcess): void {
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

async function isReady(base: string): Promise<boolean> {
  return fetch(`${base}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/** A process may end between the listing and the look. */
function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function treeOf(pid: number): readonly number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = all.map(
    (name) => [Number(name), Number(/^PPid:\s+(\d+)$/m.exec(readProcess(Number(name), 'status'))?.[1])] as const,
  );
  const below = (parent: number): readonly number[] => [
    parent,
    ...parents.filter(([, its]) => its === parent).flatMap(([child]) => below(child)),
  ];
  return below(pid);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
