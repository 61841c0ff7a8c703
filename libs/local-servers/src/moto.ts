import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port';
import { motoProgram } from './moto-program';
import { ServerProcess } from './server-process';

/** A moto of this machine, reachable from this machine alone: Amazon SNS and SES, played. It ends with this process. */
export interface LocalMoto {
  readonly url: string;
  stop(): Promise<void>;
}

/** Milliseconds that a start may take on a busy machine. */
const longestStart = 30_000;

/** Starts a moto on a free port and resolves when it answers. Throws LocalServerMissing where there is none to start. */
export async function startMoto(): Promise<LocalMoto> {
  const [program, ...before] = motoProgram();
  const port = await freePort();
  const args = [...before, '-H', '127.0.0.1', '-p', String(port)];
  const server = ServerProcess.start({ program, args, environment: process.env, input: '' });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + longestStart;
  while (!(await answers(url))) {
    if (server.hasEnded || Date.now() > deadline) {
      await server.kill();
      throw new Error(`moto did not start on port ${port}: ${server.said}`);
    }
    await pause(50);
  }
  return { url, stop: () => server.stop() };
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/moto-api/data.json`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
