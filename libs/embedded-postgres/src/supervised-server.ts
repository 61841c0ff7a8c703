import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { alreadyRunning } from './previous-server';
import { serverEnvironment } from './data-folder';
import type { ServerAccount } from './server-account';

/** The first line that the supervisor reads. */
export interface SupervisorOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly pgCtl: string;
  readonly dataDirectory: string;
  readonly identity: ServerAccount | Record<string, never>;
  readonly environment: NodeJS.ProcessEnv;
  /** A folder that goes when the server has ended, or null: the data are kept. */
  readonly removeAfterwards: string | null;
}

type Report =
  | { readonly report: 'log'; readonly line: string }
  | { readonly report: 'ready'; readonly pid: number }
  | { readonly report: 'exited'; readonly reason: string };

/** The address was taken between choosing it and listening on it. */
export class PortTakenError extends EmbeddedPostgresError {}

/** A supervisor with its server: see supervisor.cjs, which this class starts and speaks to. */
export class SupervisedServer {
  readonly #supervisor: ChildProcess;
  /** Resolves when the supervisor has ended, whoever ended it. */
  readonly ended: Promise<void>;
  #wakeAtReady: (() => void)[] = [];
  #lastLines: string[] = [];

  constructor(
    private readonly order: SupervisorOrder,
    private readonly log: (line: string) => void,
  ) {
    const script = join(__dirname, '..', 'supervisor.cjs');
    this.#supervisor = spawn(
      process.execPath,
      ['--max-old-space-size=24', '--v8-pool-size=0', script, order.dataDirectory],
      {
        detached: true,
        cwd: '/',
        env: serverEnvironment(),
        stdio: ['pipe', 'pipe', 'ignore'],
        windowsHide: true,
      },
    );
    this.ended = new Promise((resolve) => {
      this.#supervisor.once('exit', () => resolve());
      this.#supervisor.once('error', () => resolve());
    });
    this.#stdin.on('error', () => undefined);
    this.#stdin.write(`${JSON.stringify(order)}\n`);
    createInterface({ input: this.#stdout }).on('line', (line) => this.#hear(JSON.parse(line) as Report));
  }

  /** Resolves when the server accepts connections for the first time; rejects when it cannot start, with its last words. */
  async ready(): Promise<void> {
    await Promise.race([
      this.#nextReady(),
      this.ended.then(() => {
        throw this.#whyNot();
      }),
    ]);
    this.#holdProcess(false);
  }

  /** Shuts down fast (open transactions are rolled back), starts again on the same port, resolves when ready. */
  async restart(): Promise<void> {
    const ready = this.#nextReady();
    this.#stdin.write('restart\n');
    this.#holdProcess(true);
    await ready;
    this.#holdProcess(false);
  }

  /** Shuts the server down fast and resolves when it and its supervisor are gone: at most 5 s. */
  async stop(): Promise<void> {
    this.#holdProcess(true);
    this.#stdin.end('stop\n');
    await this.ended;
  }

  get #stdin() {
    const { stdin } = this.#supervisor;
    if (stdin === null) throw new Error('spawned with a pipe');
    return stdin;
  }

  get #stdout() {
    const { stdout } = this.#supervisor;
    if (stdout === null) throw new Error('spawned with a pipe');
    return stdout;
  }

  #nextReady(): Promise<void> {
    return new Promise((resolve) => this.#wakeAtReady.push(resolve));
  }

  #hear(message: Report): void {
    if (message.report === 'ready') {
      for (const wake of this.#wakeAtReady.splice(0)) wake();
    } else if (message.report === 'log') {
      this.#lastLines = [...this.#lastLines.slice(-19), message.line];
      this.log(message.line);
    } else {
      this.log(`PostgreSQL ended (${message.reason}) and is started again.`);
    }
  }

  #whyNot(): EmbeddedPostgresError {
    const said = this.#lastLines.join(' ');
    if (/lock file "postmaster\.pid" already exists/.test(said)) return alreadyRunning(this.order.dataDirectory);
    if (/could not (bind|create any TCP)/.test(said)) return new PortTakenError('The port for PostgreSQL is taken.');
    return new EmbeddedPostgresError(`PostgreSQL could not start: ${this.#lastLines.slice(-3).join(' ')}`);
  }

  /** A running database alone keeps no process alive; an unfinished request to it does. */
  #holdProcess(hold: boolean): void {
    const streams = [this.#supervisor, this.#stdin, this.#stdout] as unknown as { ref(): void; unref(): void }[];
    for (const handle of streams) {
      if (hold) handle.ref();
      else handle.unref();
    }
  }
}
