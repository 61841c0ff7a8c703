import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port';
import { kafkaProgram, type KafkaProgram } from './kafka-program';
import { answersForCluster } from './kafka-readiness';
import { brokerProperties, loggingProperties } from './kafka-settings';
import { ServerProcess } from './server-process';

export interface LocalKafkaOptions {
  /** A folder, made if need be, in which its topics outlive it; null: they are gone when it is stopped. */
  readonly dataFolder: string | null;
  /** 0 for one that is free. */
  readonly port: number;
  /** A file for what it logs; null: only its last lines are kept, for the error of a start that fails. */
  readonly logFile: string | null;
}

/** A Kafka of one broker, reachable from this machine alone. It ends when this process ends, by whatever means. */
export interface LocalKafka {
  /** host:port, the same at every start. */
  readonly brokers: string;
  /** Of the broker as it runs now, for sending signals to. */
  readonly processId: number;
  /** Resolves when it is gone, and with it its topics, unless it has a folder for them. */
  stop(): Promise<void>;
  /** Ends it as a power cut would; its topics stay for `restart`. */
  kill(): Promise<void>;
  /** Stops it where it runs, and starts it on the same port with the topics that it had. */
  restart(): Promise<void>;
}

/** Milliseconds that a start may take on a busy machine. */
const longestStart = 60_000;
const portsToTry = 5;
/** It is small; a short life is worth more to it than the last tenth of its speed. */
const javaOptions = ['-Xms64m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/** One that begins with a dash would be read as an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

/** Starts a Kafka and resolves when it answers. Throws LocalServerMissing where there is none to start. */
export async function startKafka(options: LocalKafkaOptions): Promise<LocalKafka> {
  const program = kafkaProgram();
  const temporary = options.dataFolder === null ? mkdtempSync(join(tmpdir(), 'cofactor-kafka-')) : null;
  const forget = () => {
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  };
  const broker = new Broker(program, temporary ?? options.dataFolder ?? '', options.logFile);
  const port = await broker.startOnPort(options.port).catch((error: unknown) => {
    forget();
    throw error;
  });
  return {
    brokers: `127.0.0.1:${port}`,
    get processId() {
      return broker.processId;
    },
    stop: () => broker.stop().then(forget),
    kill: () => broker.kill(),
    restart: () => broker.stop().then(() => broker.start(port)),
  };
}

/** A broker in a folder of its own, which runs or does not. */
class Broker {
  private running: ServerProcess | null = null;
  private readonly properties: string;
  private readonly logging: string;
  private readonly data: string;

  constructor(
    private readonly program: KafkaProgram,
    folder: string,
    private readonly logFile: string | null,
  ) {
    mkdirSync(folder, { recursive: true });
    this.properties = join(folder, 'server.properties');
    this.logging = join(folder, 'log4j2.properties');
    this.data = join(folder, 'data');
  }

  get processId(): number {
    if (this.running === null) throw new Error('Kafka was never started');
    return this.running.processId;
  }

  /** Answers the port, which is a free one for 0. */
  async startOnPort(wanted: number): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      const port = wanted === 0 ? await freePort() : wanted;
      try {
        await this.start(port);
        return port;
      } catch (error) {
        const taken = error instanceof Error && error.message.includes('Address already in use');
        if (!taken || wanted !== 0 || tries === portsToTry) throw error;
      }
    }
  }

  async start(port: number): Promise<void> {
    const places = { dataFolder: this.data, port, controllerPort: await freePort() };
    writeFileSync(this.properties, brokerProperties(places));
    writeFileSync(this.logging, loggingProperties(this.logFile));
    const clusterId = this.clusterId() ?? (await this.format());
    const { java } = this.program;
    const args = [...this.arguments('kafka.Kafka'), this.properties];
    const server = ServerProcess.start({ program: java, args, environment: process.env, input: '' });
    this.running = server;
    const deadline = Date.now() + longestStart;
    while (!(await answersForCluster(clusterId, port))) {
      if (server.hasEnded || Date.now() > deadline) {
        await server.kill();
        throw new Error(`Kafka did not start on port ${port}: ${server.said}`);
      }
      await pause(50);
    }
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }

  async kill(): Promise<void> {
    await this.running?.kill();
  }

  /** The id that this folder was formatted with; null for a new one. */
  private clusterId(): string | null {
    const metadata = join(this.data, 'meta.properties');
    if (!existsSync(metadata)) return null;
    return /^cluster\.id=(.+)$/m.exec(readFileSync(metadata, 'utf8'))?.[1] ?? null;
  }

  private async format(): Promise<string> {
    const clusterId = newClusterId();
    // One that a stop in the middle left unfinished holds nothing.
    rmSync(this.data, { recursive: true, force: true });
    const args = [...this.arguments('kafka.tools.StorageTool'), 'format', '-t', clusterId, '-c', this.properties];
    // Not the synchronous way: others of this process start their servers meanwhile.
    await promisify(execFile)(this.program.java, args).catch((error: unknown) => {
      const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
      throw new Error(`Kafka could not format ${this.data}: ${stderr}`);
    });
    return clusterId;
  }

  private arguments(mainClass: string): readonly string[] {
    const logging = `-Dlog4j2.configurationFile=${this.logging}`;
    return [...javaOptions, '-cp', join(this.program.libraries, '*'), logging, mainClass];
  }
}
