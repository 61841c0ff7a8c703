import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { memoryOf, processorTimeOf, treeOf } from './process-tree';

const root = join(__dirname, '..');
const longestStart = 120_000;
const databasesSchema = z.record(z.string(), z.object({ url: z.string(), ownerUrl: z.string() }));
const processesSchema = z.object({
  kafka: z.int(),
  services: z.array(z.object({ service: z.string(), port: z.int(), processId: z.int() })),
});

/** What runs for an installation of the services topology. */
type RunningProcesses = z.output<typeof processesSchema>;

/** What is started: the embedded application alone, all that `npm start` starts, or the services topology. */
export type Command = 'application' | 'npm start' | 'services';

const commands: Readonly<Record<Command, readonly [string, ...string[]]>> = {
  application: [process.execPath, join(root, 'apps', 'standalone', 'dist', 'main.js')],
  'npm start': ['npm', 'start', '--silent'],
  services: [process.execPath, join(root, 'apps', 'services', 'dist', 'main.js')],
};

/** A data folder, and the process that serves it, with all that it starts. */
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
    return this.databaseOf(service).url;
  }

  /** The same, under the role that owns the tables. */
  ownerUrl(service: string): string {
    return this.databaseOf(service).ownerUrl;
  }

  /** The vault, which no service announces as its own, under the role that owns its tables. */
  ownerUrlOfVault(): string {
    return Object.assign(new URL(this.ownerUrl('identity')), { pathname: '/vault' }).href;
  }

  /** Of the services topology alone. */
  processes(): RunningProcesses {
    return processesSchema.parse(this.announced('processes'));
  }

  /** Megabytes (10^6 bytes) of the whole tree of processes, PostgreSQL's included. Linux only. */
  memory(): number {
    return memoryOf(treeOf(this.processId()));
  }

  /** Seconds of processor time that the whole tree of processes has used since it was started. Linux only. */
  processorTime(): number {
    return processorTimeOf(treeOf(this.processId()));
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

  private processId(): number {
    if (this.process.pid === undefined) throw new Error('it has not started');
    return this.process.pid;
  }

  private databaseOf(service: string): z.output<typeof databasesSchema>[string] {
    const database = databasesSchema.parse(this.announced('databases'))[service];
    if (database === undefined) throw new Error(`${service} has no database`);
    return database;
  }

  private announced(name: string): unknown {
    return JSON.parse(readFileSync(join(this.home, 'run', `${name}.json`), 'utf8'));
  }
}

/** A bench that is broken off leaves no process behind. */
export function endWithUs(child: ChildProcess): void {
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

/** Whether /health/ready answers 200 there. */
export async function isReady(base: string): Promise<boolean> {
  return fetch(`${base}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
