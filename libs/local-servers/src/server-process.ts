import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tiedToParent } from './tied-to-parent';

/** Milliseconds for an orderly end, after which it is no longer asked. */
const patience = 5_000;
const linesKept = 20;

export interface ServerProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What it reads from its standard input. */
  readonly input: string;
}

/** A server as a child of this process, with which it ends. */
export class ServerProcess {
  readonly #closed: Promise<unknown>;
  #said: readonly string[] = [];

  private constructor(
    private readonly child: ChildProcess,
    readonly processId: number,
    input: string,
  ) {
    this.#closed = once(child, 'close');
    // It may end before it has read anything: its exit tells that.
    child.stdin?.on('error', () => undefined).end(input);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    }
  }

  static start({ program, args, environment, input }: ServerProcessOptions): ServerProcess {
    const [command, ...before] = tiedToParent(program);
    const child = spawn(command, [...before, ...args], { env: environment, stdio: 'pipe' });
    if (child.pid === undefined) {
      child.on('error', () => undefined);
      throw new Error(`${program} could not be run`);
    }
    return new ServerProcess(child, child.pid, input);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Its last lines. */
  get said(): string {
    return this.#said.join('\n');
  }

  /** Asks it to end, and insists after 5 s; resolves when it is gone. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    const insist = setTimeout(() => this.child.kill('SIGKILL'), patience);
    await this.#closed;
    clearTimeout(insist);
  }

  /** Ends it as a power cut would; resolves when it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#closed;
  }

  #hear(text: string): void {
    this.#said = [...this.#said, ...text.trimEnd().split('\n')].slice(-linesKept);
  }
}
