import { DomainError } from '@cofactor/contracts';
import { admit, CircuitBreaker, closedBreaker, settle, type BreakerState } from './circuit-breaker';

const open: BreakerState = { kind: 'open', until: 2_000 };
const halfOpen: BreakerState = { kind: 'half-open' };

function afterFailures(count: number, from: BreakerState = closedBreaker): BreakerState {
  return Array.from({ length: count }).reduce<BreakerState>((state) => settle(state, 'ordinary', 'failed', 0), from);
}

describe('a circuit breaker', () => {
  it('lets everything through while it is closed', () => {
    expect(admit(closedBreaker, 0)).toEqual([closedBreaker, { kind: 'ordinary' }]);
  });

  it('opens for two seconds at the fifth failure in a row', () => {
    expect(afterFailures(4)).toEqual({ kind: 'closed', failures: 4 });
    expect(afterFailures(5)).toEqual(open);
  });

  it('counts failures in a row: an answer starts the count again', () => {
    const answered = settle(afterFailures(4), 'ordinary', 'answered', 0);
    expect(afterFailures(4, answered).kind).toBe('closed');
  });

  it('refuses while it is open, and says for how many seconds', () => {
    expect(admit(open, 0)).toEqual([open, { kind: 'refused', retryAfter: 2 }]);
    expect(admit(open, 1_999)).toEqual([open, { kind: 'refused', retryAfter: 1 }]);
  });

  it('lets one call through when the time is over, and refuses the others meanwhile', () => {
    expect(admit(open, 2_000)).toEqual([halfOpen, { kind: 'trial' }]);
    expect(admit(halfOpen, 9_000)).toEqual([halfOpen, { kind: 'refused', retryAfter: 1 }]);
  });

  it('closes when the trial is answered, and opens again when it fails', () => {
    expect(settle(halfOpen, 'trial', 'answered', 2_100)).toEqual(closedBreaker);
    expect(settle(halfOpen, 'trial', 'failed', 2_100)).toEqual({ kind: 'open', until: 4_100 });
  });

  it.each([open, halfOpen])('takes no notice of calls that left before: $kind', (state) => {
    expect(settle(state, 'ordinary', 'answered', 1_000)).toBe(state);
    expect(settle(state, 'ordinary', 'failed', 1_000)).toBe(state);
  });
});

describe('work behind a circuit breaker', () => {
  const down = new Error('down');
  const failing = () => Promise.reject(down);
  const refusing = () => Promise.reject(new DomainError('code-wrong'));

  function breaker() {
    const clock = { now: 0 };
    const made = new CircuitBreaker(
      () => clock.now,
      (error) => error === down,
    );
    const fail = async () => {
      for (let failures = 0; failures < 5; failures += 1) await expect(made.run(failing)).rejects.toBe(down);
    };
    return { clock, made, fail };
  }

  it('is not begun while it is open, and is unavailable at once', async () => {
    const { made, fail } = breaker();
    await fail();
    const begun = jest.fn(() => Promise.resolve());
    await expect(made.run(begun)).rejects.toEqual(new DomainError('unavailable', { retryAfter: 2 }));
    expect(begun).not.toHaveBeenCalled();
  });

  it('is tried by one call after the wait, which closes it for all', async () => {
    const { clock, made, fail } = breaker();
    await fail();
    clock.now = 2_000;
    let answer = (): void => undefined;
    const trial = made.run(() => new Promise<void>((resolve) => (answer = resolve)));
    await expect(made.run(() => Promise.resolve())).rejects.toMatchObject({ code: 'unavailable' });
    answer();
    await trial;
    await expect(made.run(() => Promise.resolve('answer'))).resolves.toBe('answer');
  });

  it('may be refused as often as it likes: a refusal is an answer', async () => {
    const { made } = breaker();
    for (let refusals = 0; refusals < 9; refusals += 1) {
      await expect(made.run(refusing)).rejects.toEqual(new DomainError('code-wrong'));
    }
  });
});
