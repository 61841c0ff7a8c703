import { tiedToParent } from '@cofactor/local-servers';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** How one process is run. */
export interface ProcessPlan {
  /** Such as `identity`, or `identity 2` for its second replica. */
  readonly name: string;
  readonly program: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Milliseconds. */
const longestStart = 110_000;
const longestStop = 9_000;
const firstPause = 300;
const longestPause = 5_000;
/** After so long a life, a death is no longer one of a row. */
const longLife = 10_000;

/** What a process says when it is ready; this program says it for all of them. */
const readyLine = / is ready (on port|at) /;

export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

/** One process, started again whenever it dies by itself; it ends when this one does. */
export class ServiceProcess {
  #child: ChildProcess | null = null;
  #stopping = false;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly plan: ProcessPlan,
    private readonly say: (line: string) => void,
    /** Called whenever it has another process id, or none. */
    private readonly changed: () => void,
  ) {}

  /** Null while it does not run. */
  get processId(): number | null {
    return this.#child && !hasEnded(this.#child) ? (this.#child.pid ?? null) : null;
  }

  /** Resolves when it says that it is ready. Throws ProcessEnded, with what it said, where it does not get there. */
  async start(): Promise<void> {
    const child = this.#spawn();
    await readiness(this.plan.name, child);
    this.#running = this.#keepAlive(child);
  }

  /** Asks it to end, and insists after 9 s; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child && !hasEnded(child)) {
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), longestStop);
      await once(child, 'close');
      clearTimeout(insist);
    }
    await this.#running;
  }

  async #keepAlive(first: ChildProcess): Promise<void> {
    let wait = firstPause;
    for (let child = first; ; child = this.#spawn()) {
      const began = performance.now();
      if (!hasEnded(child)) await once(child, 'exit');
      if (this.#stopping) return;
      this.say(`${this.plan.name} ended (${child.signalCode ?? `exit code ${child.exitCode}`}); it is started again.`);
      wait = performance.now() - began > longLife ? firstPause : Math.min(longestPause, wait * 2);
      await pause(wait);
      if (this.#stopping) return;
    }
  }

  #spawn(): ChildProcess {
    const [command, ...before] = tiedToParent(process.execPath);
    const child = spawn(command, [...before, this.plan.program], {
      env: this.plan.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.on('error', (error) => this.say(`${this.plan.name} could not be run: ${error.message}`));
    for (const stream of [child.stdout, child.stderr]) forEachLine(stream, (line) => this.#hear(line));
    this.#child = child;
    child.once('exit', this.changed);
    this.changed();
    return child;
  }

  #hear(line: string): void {
    if (!readyLine.test(line)) this.say(line);
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

function forEachLine(stream: NodeJS.ReadableStream | null, hear: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(hear);
  });
}

function readiness(name: string, child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new ProcessEnded(`${name} was not ready within two minutes`)), longestStart);
    forEachLine(child.stdout, (line) => {
      if (!readyLine.test(line)) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new ProcessEnded(`${name} did not start (${signal ?? `exit code ${code}`}); it said why above`));
    });
  });
}

/** Runs a program that ends by itself, and says what it said; throws ProcessEnded where it fails. */
export async function runOnce({ name, program, environment }: ProcessPlan): Promise<void> {
  const child = spawn(process.execPath, [program], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) forEachLine(stream, (line) => said.push(line));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new ProcessEnded(`${name}: ${said.join(' ')}`);
}
