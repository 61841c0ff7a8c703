/** Milliseconds. */
const shortestPause = 50;
const longestPause = 2_000;

/**
 * Milliseconds to wait before the `attempt`th connection (1 for the first) since the last one was lost: longer each time,
 * and never the same for many who lost it together. `random`: from 0 to 1.
 */
export function pauseBefore(attempt: number, random: number): number {
  const longest = Math.min(longestPause, shortestPause * 2 ** Math.min(attempt, 10));
  return Math.round(longest * (0.5 + random / 2));
}
