import { eventually } from '@cofactor/testkit';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { endingWithUs } from '../processes';

type Environment = Readonly<Record<string, string>>;

/** Milliseconds for a start, or for a refusal, on a machine that has other things to do. */
const longestStart = 60_000;

/** A program of Cofactor as a process of its own, under settings that a spec gives it and nothing else. */
export class ServiceProgram {
  #said = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  private constructor(program: string, environment: Environment, words: readonly string[]) {
    const [command, ...before] = endingWithUs;
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(command, [...before, program, ...words], {
      env: { PATH, HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    }
    this.#child = child;
    this.#closed = once(child, 'close');
  }

  /** Resolves when it says that it is ready, or what else it is to say; throws, with what it said, where it ends instead. */
  static async start(program: string, environment: Environment, says = ' is ready '): Promise<ServiceProgram> {
    const started = new ServiceProgram(program, environment, []);
    await eventually(
      () => started.#hasEnded || started.#said.includes(says),
      (settled) => settled,
      longestStart,
    ).catch(async (error: unknown) => {
      await started.stop();
      throw error;
    });
    if (started.#hasEnded) throw new Error(`${program} ended: ${started.#said}`);
    return started;
  }

  /** Resolves with the exit code and what it said when it has ended by itself; a program that starts is stopped. */
  static async end(program: string, environment: Environment, words: readonly string[] = []) {
    const ending = new ServiceProgram(program, environment, words);
    await eventually(
      () => ending.#hasEnded || ending.#said.includes(' is ready '),
      (settled) => settled,
      longestStart,
    );
    const code = ending.#hasEnded ? ending.#child.exitCode : null;
    await ending.stop();
    return { code, said: ending.#said };
  }

  get said(): string {
    return this.#said;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#closed;
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
