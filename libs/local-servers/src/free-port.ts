import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below those that systems give to outgoing connections (from 32768 on in Linux): a server that is started again where
 * it was must not find its port taken by somebody's connection.
 */
const lowest = 15_000;
const highest = 32_000;
const tries = 100;

/** A TCP port of this machine that was free a moment ago: whoever listens on it must be ready to find it taken. */
export async function freePort(): Promise<number> {
  for (let left = tries; left > 0; left -= 1) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) return port;
  }
  throw new Error(`of ${tries} ports of this machine, none is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
