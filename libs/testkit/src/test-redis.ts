import { LocalServerMissing, redisProgram, startRedis, type LocalRedis } from '@cofactor/local-servers';
import { randomUUID } from 'node:crypto';

/** The server of a whole test run, which its specs share. */
const sharedUrl = (): string | undefined => process.env['COFACTOR_TEST_REDIS_URL'];

/** A Redis for specs that leave it running and touch only the keys under their prefix. */
export interface SharedTestRedis {
  readonly url: string;
  /** No other spec has it. */
  readonly prefix: string;
  /** Stops it, if it was started for this spec. */
  stop(): Promise<void>;
}

/** Starts a real Redis of its own for a spec file that stops, kills or flushes it. `stop` it in `afterAll`. */
export const startTestRedis = (): Promise<LocalRedis> => startRedis({ dataFolder: null, port: 0, password: null });

/** The Redis at COFACTOR_TEST_REDIS_URL, else one of this spec's own. */
export async function sharedTestRedis(): Promise<SharedTestRedis> {
  const prefix = `test-${randomUUID()}:`;
  const url = sharedUrl();
  if (url !== undefined) return { url, prefix, stop: async () => undefined };
  const own = await startTestRedis();
  return { url: own.url, prefix, stop: () => own.stop() };
}

/**
 * A `describe` for what needs a real Redis. Where none could be had its tests are skipped, and its title says why;
 * under CI=true it throws instead, so that they are missed.
 */
export function describeWithRedis(name: string, tests: () => void): void {
  const missing = whyThereIsNone();
  if (missing === null) describe(name, tests);
  else if (process.env['CI'] === 'true') throw missing;
  else describe.skip(`${name} (skipped: ${missing.message})`, tests);
}

function whyThereIsNone(): LocalServerMissing | null {
  if (sharedUrl() !== undefined) return null;
  try {
    redisProgram();
    return null;
  } catch (error) {
    if (error instanceof LocalServerMissing) return error;
    throw error;
  }
}
