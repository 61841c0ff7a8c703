import type { HealthReport } from './boot';
import type { Logger } from './logging';

/** Hears of every token that another service signed, whether its time fits the clock here. */
export interface ClockObserver {
  /** So many seconds ahead of the clock here, or (negative) behind it, beyond the skew that is allowed. */
  apart(service: string, seconds: number): void;
  agrees(service: string): void;
}

/** Milliseconds after which a difference that was not seen again counts as gone, and after which it is logged again. */
const remembered = 60_000;

interface Difference {
  readonly seenAt: number;
  readonly logged: { readonly at: number; readonly seconds: number };
}

/** Seconds by which a difference has to change to be logged before its minute is over. */
const sameDifference = 5;

/**
 * Names the services whose clock and the one here are too far apart, in the log and in the readiness (DESIGN §6.11).
 * What they signed is refused meanwhile; the first token whose time fits ends it, without a restart.
 */
export class ClockWatch implements ClockObserver {
  private readonly differences = new Map<string, Difference>();

  constructor(
    private readonly logger: Logger,
    /** Milliseconds of a clock that never goes back. */
    private readonly milliseconds: () => number,
  ) {}

  apart(service: string, seconds: number): void {
    const now = this.milliseconds();
    const before = this.differences.get(service);
    const isLogged =
      before !== undefined &&
      now - before.logged.at < remembered &&
      Math.abs(seconds - before.logged.seconds) <= sameDifference;
    this.differences.set(service, { seenAt: now, logged: isLogged ? before.logged : { at: now, seconds } });
    if (isLogged) return;
    const far = `the clock of ${service} and the one here are ${Math.abs(seconds)} s apart, or its token is old`;
    this.logger.error({ caller: service, secondsAhead: seconds }, far);
  }

  agrees(service: string): void {
    if (this.differences.delete(service)) this.logger.info({ caller: service }, 'the clocks agree again');
  }

  /** One part for each service whose clock differs; nothing where all agree. */
  health(): HealthReport {
    const now = this.milliseconds();
    const differing = [...this.differences].filter(([, { seenAt }]) => now - seenAt < remembered);
    return Object.fromEntries(differing.map(([service]) => [`clock of ${service}`, false]));
  }
}

/** For services that share a process, and so a clock. */
export const oneClock: ClockObserver = { apart: () => undefined, agrees: () => undefined };
