import { DomainError } from '@cofactor/contracts';

/** Failures in a row that open it, and the milliseconds that it then stays open. */
const failuresAllowed = 5;
const openFor = 2_000;

/** Times are milliseconds of a clock that never goes back. */
export type BreakerState =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly until: number }
  /** One call is on its way to find out; the others wait for what it says. */
  | { readonly kind: 'half-open' };

export type Admission =
  | { readonly kind: 'ordinary' | 'trial' }
  /** Seconds, at least 1. */
  | { readonly kind: 'refused'; readonly retryAfter: number };

export const closedBreaker: BreakerState = { kind: 'closed', failures: 0 };

/** Whether a call may go out now, and the state from then on. */
export function admit(state: BreakerState, now: number): readonly [BreakerState, Admission] {
  switch (state.kind) {
    case 'closed':
      return [state, { kind: 'ordinary' }];
    case 'open':
      return now < state.until
        ? [state, { kind: 'refused', retryAfter: Math.ceil((state.until - now) / 1000) }]
        : [{ kind: 'half-open' }, { kind: 'trial' }];
    case 'half-open':
      return [state, { kind: 'refused', retryAfter: 1 }];
  }
}

/**
 * The state after a call that was admitted has ended. While it is open or on trial, only the trial counts: what left
 * before says nothing of now.
 */
export function settle(
  state: BreakerState,
  admitted: 'ordinary' | 'trial',
  outcome: 'answered' | 'failed',
  now: number,
): BreakerState {
  if (admitted === 'trial') return outcome === 'answered' ? closedBreaker : { kind: 'open', until: now + openFor };
  if (state.kind !== 'closed') return state;
  if (outcome === 'answered') return closedBreaker;
  const failures = state.failures + 1;
  return failures < failuresAllowed ? { kind: 'closed', failures } : { kind: 'open', until: now + openFor };
}

/**
 * Spares a service that does not answer, and those who would wait for it. While it is open, `run` throws `unavailable`
 * with Retry-After at once.
 */
export class CircuitBreaker {
  private state = closedBreaker;

  /** `milliseconds`: a clock that never goes back; `isFailure`: whether an error says that the service was not there. */
  constructor(
    private readonly milliseconds: () => number,
    private readonly isFailure: (error: unknown) => boolean,
  ) {}

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const [state, admission] = admit(this.state, this.milliseconds());
    this.state = state;
    if (admission.kind === 'refused') throw new DomainError('unavailable', { retryAfter: admission.retryAfter });
    const end = (outcome: 'answered' | 'failed') => {
      this.state = settle(this.state, admission.kind, outcome, this.milliseconds());
    };
    try {
      const result = await work();
      end('answered');
      return result;
    } catch (error) {
      end(this.isFailure(error) ? 'failed' : 'answered');
      throw error;
    }
  }
}
