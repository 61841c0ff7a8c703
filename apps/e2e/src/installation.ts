import { eventually, freePort } from '@cofactor/testkit';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { endingWithUs, processesNaming } from './processes';

/** Which of the two topologies the tests run against; each spec runs in both, but for those in `embedded/` and `services/`. */
export const topology = process.env.COFACTOR_TEST_TOPOLOGY === 'services' ? 'services' : 'embedded';

const program = join(__dirname, { embedded: '../../standalone', services: '../../services' }[topology], 'dist/main.js');
const webPages = join(__dirname, '../../web/dist/index.html');

/** Milliseconds for a first start, with initdb, on a machine that has other things to do. */
const longestStart = topology === 'services' ? 120_000 : 60_000;

export interface InstallationOptions {
  /** Settings beside PORT and COFACTOR_HOME. */
  readonly environment?: Readonly<Record<string, string>>;
}

const processesSchema = z.object({
  redis: z.int().nullable(),
  kafka: z.int().nullable(),
  services: z.array(
    z.object({
      service: z.string(),
      replica: z.int(),
      port: z.int(),
      publicPort: z.int().nullable(),
      processId: z.int().nullable(),
    }),
  ),
});
/** What runs for an installation of the services topology. */
export type RunningProcesses = z.output<typeof processesSchema>;

/**
 * Servers that the whole test run shares in the services topology; an installation that is given none starts its own.
 * What it keeps there has a name of its own.
 */
function sharedServers(): Readonly<Record<string, string>> {
  const { COFACTOR_TEST_KAFKA_BROKERS: brokers, COFACTOR_TEST_REDIS_URL: redis } = process.env;
  const prefix = `e2e-${randomUUID().slice(0, 8)}.`;
  return {
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKA_PARTITIONS: '3',
    REDIS_PREFIX: `${prefix}:`,
    ...(brokers === undefined ? {} : { KAFKA_BROKERS: brokers }),
    ...(redis === undefined ? {} : { REDIS_URL: redis }),
  };
}

/**
 * Cofactor in the topology under test as a child process, on a port and a data folder of its own: `npm start` or
 * `npm run services` without the building.
 */
export class Installation {
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;
  #output = '';

  private constructor(
    /** The same at every start of this installation. */
    readonly url: string,
    readonly home: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.#environment = environment;
  }

  /** A new, empty data folder, and Cofactor running on it. `remove` it in `afterAll`. */
  static async start(options: InstallationOptions = {}): Promise<Installation> {
    const installation = await Installation.prepare(options);
    await installation.start();
    return installation;
  }

  /** The same, not started yet. */
  static async prepare({ environment = {} }: InstallationOptions = {}): Promise<Installation> {
    for (const file of [program, webPages]) {
      if (!existsSync(file)) throw new Error(`${file} is missing: run "npx nx run-many -t build" first`);
    }
    const home = mkdtempSync(join(tmpdir(), 'cofactor-e2e-'));
    // As root, PostgreSQL runs as another account, which must be able to pass.
    chmodSync(home, 0o711);
    const servers = topology === 'services' ? sharedServers() : {};
    return new Installation(`http://localhost:${await freePort()}`, home, { ...servers, ...environment });
  }

  /** Everything that it has written to its standard output and error, over all starts. */
  get output(): string {
    return this.#output;
  }

  get processId(): number {
    if (this.#child?.pid === undefined) throw new Error('the installation does not run');
    return this.#child.pid;
  }

  /** Starts it, or starts it again on the same data; resolves when every part is ready. */
  async start(): Promise<void> {
    await this.#startUntil(() => this.isReady());
  }

  /** Starts it where a part of it is to be missing; resolves when every process runs. */
  async startIncomplete(): Promise<void> {
    const before = this.#output.length;
    await this.#startUntil(() => this.#output.includes('Cofactor is ready', before));
  }

  async #startUntil(isUp: () => boolean | Promise<boolean>): Promise<void> {
    const child = this.#spawn();
    await eventually(
      () => this.#hasEnded(child) || isUp(),
      (settled) => settled,
      longestStart,
    );
    if (this.#hasEnded(child)) throw new Error(`Cofactor ended at its start:\n${this.#output}`);
  }

  /** Starts it where it is to refuse; resolves with the exit code and what it said when it has ended by itself. */
  async startAndEnd(environment: Readonly<Record<string, string>> = {}): Promise<{ code: number; said: string }> {
    const before = this.#output.length;
    const child = this.#spawn(environment);
    const closed = once(child, 'close');
    const started = await eventually(
      async () => this.#hasEnded(child) || (await this.isReady()),
      (settled) => settled,
      longestStart,
    ).then(() => !this.#hasEnded(child));
    if (started) await this.kill9();
    await closed;
    if (started) throw new Error('Cofactor started, though it was to refuse');
    return { code: child.exitCode ?? -1, said: this.#output.slice(before) };
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Ends the process at once, as a power cut would; resolves when it is gone. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it as an operator does; resolves with the exit code, or null where a signal ended it. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** Ends it, if need be, and removes its data. */
  async remove(): Promise<void> {
    await this.stop();
    try {
      await eventually(
        () => this.processes(),
        (left) => left.length === 0,
        10_000,
      );
    } finally {
      for (const id of this.processes()) process.kill(id, 'SIGKILL');
      rmSync(this.home, { recursive: true, force: true });
    }
  }

  /** In the services topology: every process as it runs now. */
  running(): RunningProcesses {
    return processesSchema.parse(JSON.parse(readFileSync(join(this.home, 'run/processes.json'), 'utf8')));
  }

  /** The ids of all processes that run with this data folder: PostgreSQL and its supervisor, services, their servers. */
  processes(): readonly number[] {
    return processesNaming(this.home);
  }

  #spawn(environment: Readonly<Record<string, string>> = {}): ChildProcess {
    const { PATH = '', HOME = '' } = process.env;
    const settings = { COFACTOR_HOME: this.home, PORT: new URL(this.url).port };
    const [command, ...before] = endingWithUs;
    const child = spawn(command, [...before, program], {
      env: { PATH, HOME, ...settings, ...this.#environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
    this.#child = child;
    return child;
  }

  #hasEnded(child: ChildProcess): boolean {
    return child.exitCode !== null || child.signalCode !== null;
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    if (!this.#hasEnded(child)) {
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    }
    return child.exitCode;
  }
}
