import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds between two reads: the longer it takes, the less a read that is for nothing takes from what is waited for. */
const pauseAfter = (waited: number): number => Math.min(100, Math.max(10, waited / 20));

/**
 * Reads again and again until the value is as wished, and returns it; throws after `withinMilliseconds` with the last
 * value read. An error of `read` is passed on: what may fail for a while, `read` itself says by its value.
 */
export async function eventually<T>(
  read: () => T | Promise<T>,
  holds: (value: T) => boolean,
  withinMilliseconds = 5_000,
): Promise<T> {
  const began = Date.now();
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    const waited = Date.now() - began;
    if (waited > withinMilliseconds) {
      throw new Error(`Not within ${withinMilliseconds} ms; the last value read was ${JSON.stringify(value)}`);
    }
    await pause(pauseAfter(waited));
  }
}
