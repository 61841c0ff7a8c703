import { setTimeout as pause } from 'node:timers/promises';

/**
 * Reads again and again until the value is as wished, and returns it; throws after `withinMilliseconds` with the last
 * value read. An error of `read` is passed on: what may fail for a while, `read` itself says by its value.
 */
export async function eventually<T>(
  read: () => T | Promise<T>,
  holds: (value: T) => boolean,
  withinMilliseconds = 5_000,
): Promise<T> {
  const deadline = Date.now() + withinMilliseconds;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > deadline) {
      throw new Error(`Not within ${withinMilliseconds} ms; the last value read was ${JSON.stringify(value)}`);
    }
    await pause(10);
  }
}
