import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port';
import { answersAs } from './redis-readiness';
import { redisProgram, type RedisProgram } from './redis-program';
import { ServerProcess } from './server-process';

export interface LocalRedisOptions {
  /** A folder that is there, in which its data outlive it; null: they are gone with it, and it writes nothing. */
  readonly dataFolder: string | null;
  /** 0 for one that is free. */
  readonly port: number;
  /** Letters, digits, `-` and `_` alone; null: everyone on this machine may ask it. */
  readonly password: string | null;
}

/** A Redis of this machine, reachable from this machine alone. It ends when this process ends, by whatever means. */
export interface LocalRedis {
  /** With the password; the same at every start. */
  readonly url: string;
  /** Of the server as it runs now, for sending signals to. */
  readonly processId: number;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Stops it where it runs, and starts it on the same port; without a data folder it has forgotten everything. */
  restart(): Promise<void>;
}

/** Milliseconds that a start may take on a busy machine. */
const longestStart = 20_000;
const portsToTry = 5;

/** Starts a Redis and resolves when it answers. Throws LocalServerMissing where there is none to start. */
export async function startRedis(options: LocalRedisOptions): Promise<LocalRedis> {
  if (!/^[\w-]+$/.test(options.password ?? 'none')) throw new RangeError('The password has other characters');
  const program = redisProgram();
  const { port, server } = await startOnPort(program, options);
  let running = server;
  const start = async () => {
    running = await startServer(program, { ...options, port });
  };
  return {
    url: `redis://${options.password === null ? '' : `:${options.password}@`}127.0.0.1:${port}`,
    get processId() {
      return running.processId;
    },
    stop: () => running.stop(),
    kill: () => running.kill(),
    restart: () => running.stop().then(start),
  };
}

async function startOnPort(program: RedisProgram, options: LocalRedisOptions) {
  for (let tries = 1; ; tries += 1) {
    const port = options.port === 0 ? await freePort() : options.port;
    try {
      return { port, server: await startServer(program, { ...options, port }) };
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (!taken || options.port !== 0 || tries === portsToTry) throw error;
    }
  }
}

async function startServer(program: RedisProgram, options: LocalRedisOptions): Promise<ServerProcess> {
  const { path, environment } = program;
  const server = ServerProcess.start({ program: path, args: ['-'], environment, input: settings(options) });
  const deadline = Date.now() + longestStart;
  while (!(await answersAs(server.processId, options.port, options.password))) {
    if (server.hasEnded || Date.now() > deadline) {
      await server.kill();
      throw new Error(`Redis did not start on port ${options.port}: ${server.said}`);
    }
    await pause(20);
  }
  return server;
}

/** They go in by standard input: the arguments of a process, and so a password in them, are seen by everyone. */
function settings({ dataFolder, port, password }: LocalRedisOptions): string {
  const persistence = dataFolder === null ? ['appendonly no'] : ['appendonly yes', `dir ${JSON.stringify(dataFolder)}`];
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    'save ""',
    ...persistence,
    ...(password === null ? [] : [`requirepass ${password}`]),
    '',
  ].join('\n');
}
