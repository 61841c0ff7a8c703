import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpClient } from './http-client';
import { endWithUs, freePort, Installation, isReady } from './installation';
import { inTurns, summarise, type Aim, type Result } from './measure';
import { People } from './people';
import { commandOf, environmentOf, memoryOf, processorTimeOf, treeOf } from './process-tree';
import type { Scale } from './scale';

/** People who set up their factors and sign in between the two looks at the memory. */
const people = 24;
const longestStart = 60_000;

/** A program that answers 200 to everybody and does nothing else. */
const bareProgram = `require('node:http').createServer((_, reply) => reply.end()).listen(process.env.PORT, '127.0.0.1')`;

/** How a process is run, and the port on which it says that it is ready. */
interface Plan {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
}

/** One more replica of a process that runs, with ports of its own. */
async function replicaOf(pid: number, service: string): Promise<Plan> {
  const [open, internal] = [await freePort(), await freePort()];
  const ports = service === 'gateway' ? { COFACTOR_INTERNAL_PORT: String(internal) } : {};
  return {
    command: commandOf(pid),
    environment: { ...environmentOf(pid), PORT: String(open), ...ports },
    port: open,
  };
}

async function bare(): Promise<Plan> {
  const port = await freePort();
  return { command: [process.execPath, '-e', bareProgram], environment: { PORT: String(port) }, port };
}

/** Seconds from the start of the process until it says that it is ready, and of processor time in it. */
interface Started {
  readonly ready: number;
  readonly processor: number;
}

/** Starts the process and ends it as soon as it is ready. */
async function startOnce({ command: [program = '', ...args], environment, port }: Plan): Promise<Started> {
  const began = performance.now();
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  endWithUs(child);
  const ended = once(child, 'exit');
  try {
    while (!(await isReady(`http://127.0.0.1:${port}`))) {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode} before it was ready`);
      if (performance.now() - began > longestStart) throw new Error('it was not ready in time');
      await pause(5);
    }
    return { ready: (performance.now() - began) / 1000, processor: processorTimeOf(treeOf(child.pid ?? 0)) };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** How soon one more replica is ready where all that it needs is there, against Node with a server that does nothing. */
async function* starts(service: string, processId: number, rounds: number): AsyncGenerator<Result> {
  const contenders = new Map([
    ['ours', async () => startOnce(await replicaOf(processId, service))],
    ['floor', async () => startOnce(await bare())],
  ] as const);
  const seen = await inTurns(contenders, { rounds, warmUps: 1 });
  const result = (name: string, aim: { readonly aim?: Aim }, figure: (each: Started) => number): Result => {
    const of = (started: Started | undefined): number => (started ? figure(started) : NaN);
    return summarise(
      { name: `${service}, ${name}`, unit: 's', better: 'less', ...aim },
      seen.map((round) => ({ ours: of(round.get('ours')), floor: of(round.get('floor')), peers: {} })),
    );
  };
  yield result('start to ready', { aim: { ours: 1 } }, ({ ready }) => ready);
  yield result('start to ready, processor time', {}, ({ processor }) => processor);
}

/** Megabytes of each process, by service. */
const memories = (installation: Installation): ReadonlyMap<string, number> =>
  new Map(installation.processes().services.map(({ service, processId }) => [service, memoryOf([processId])]));

/** They sign in, so that every service has work. */
async function work(client: HttpClient): Promise<void> {
  const workers = new People(client);
  const everybody = await workers.create(people);
  const asked = await workers.ask(everybody);
  const step = await workers.takeStep(everybody);
  for (const each of asked) await workers.answer(each, step);
}

/** Each process of the services topology: its start and its memory. */
export async function* serviceStart({ rounds }: Scale): AsyncGenerator<Result> {
  const installation = await Installation.start(Installation.newHome(), 'services');
  const client = new HttpClient(installation.base);
  try {
    const idle = memories(installation);
    await work(client);
    const worked = memories(installation);
    const memory = (service: string, name: string, seen: ReadonlyMap<string, number>): Result =>
      summarise({ name: `${service}, memory ${name}`, unit: 'MB', better: 'less', aim: { ours: 120 } }, [
        { ours: seen.get(service) ?? NaN, floor: null, peers: {} },
      ]);
    for (const { service, processId } of installation.processes().services) {
      yield* starts(service, processId, rounds);
      yield memory(service, 'just started', idle);
      yield memory(service, 'after work', worked);
    }
  } finally {
    client.close();
    await installation.remove();
  }
}
