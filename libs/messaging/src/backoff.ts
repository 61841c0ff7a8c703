/** How often a fact that fails is tried, and how long it waits in between. Durations in seconds. */
export interface RetryPlan {
  readonly attempts: number;
  readonly firstDelay: number;
  readonly longestDelay: number;
}

/** Eight tries in about eleven minutes. */
export const defaultRetryPlan: RetryPlan = { attempts: 8, firstDelay: 1, longestDelay: 300 };

/** Seconds to wait after the `attempt`th failure (1 for the first); null when there is no further try. */
export function delayAfter(attempt: number, plan: RetryPlan): number | null {
  if (attempt >= plan.attempts) return null;
  return Math.min(plan.longestDelay, plan.firstDelay * 3 ** (attempt - 1));
}
