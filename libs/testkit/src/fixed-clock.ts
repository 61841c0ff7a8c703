export interface FixedClock {
  now(): Date;
  /** Moves the clock forward by so many seconds (fractions allowed). */
  advance(seconds: number): void;
}

/** A clock that stands still at the given RFC 3339 instant until it is advanced. */
export function fixedClock(instant: string): FixedClock {
  let milliseconds = new Date(instant).getTime();
  if (Number.isNaN(milliseconds)) throw new RangeError(`Not an instant: ${instant}`);
  return {
    now: () => new Date(milliseconds),
    advance: (seconds) => {
      milliseconds += seconds * 1000;
    },
  };
}
