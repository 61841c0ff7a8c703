import type { HealthReport } from './boot';
import type { Logger } from './logging';

/** Hears of every token that another service signed, whether its time fits the clock here. */
export interface ClockObserver {
  /** So many seconds ahead of the clock here, or (negative) behind it, beyond the skew that is allowed. */
  apart(service: string, seconds: number): void;
  agrees(service: string): void;
}

/** Milliseconds after which a difference that was not seen again counts as gone, and between two lines about one. */
const remembered = 60_000;

interface Watched {
  /** When the clocks were last seen to be apart; null since they agree. */
  readonly apartAt: number | null;
  readonly loggedAt: number;
  /** Whether the log says last that they are apart. */
  readonly isNamed: boolean;
}

/**
 * Names the services whose clock and the one here are too far apart, in the log (once a minute at most) and in the
 * readiness (DESIGN §6.11). What they signed is refused meanwhile; the first token whose time fits ends it, without a
 * restart. Of replicas that differ among themselves, the token seen last decides.
 */
export class ClockWatch implements ClockObserver {
  private readonly services = new Map<string, Watched>();

  constructor(
    private readonly logger: Logger,
    /** Milliseconds of a clock that never goes back. */
    private readonly milliseconds: () => number,
  ) {}

  apart(service: string, seconds: number): void {
    const now = this.milliseconds();
    const before = this.services.get(service);
    if (before && now - before.loggedAt < remembered) {
      this.services.set(service, { ...before, apartAt: now });
      return;
    }
    this.services.set(service, { apartAt: now, loggedAt: now, isNamed: true });
    const far = `the clock of ${service} and the one here are ${Math.abs(seconds)} s apart, or its token is old`;
    this.logger.error({ caller: service, secondsAhead: seconds }, far);
  }

  agrees(service: string): void {
    const before = this.services.get(service);
    if (!before || before.apartAt === null) return;
    this.services.set(service, { ...before, apartAt: null, isNamed: false });
    if (before.isNamed) this.logger.info({ caller: service }, 'the clocks agree again');
  }

  /** One part for each service whose clock differs; nothing where all agree. */
  health(): HealthReport {
    const now = this.milliseconds();
    const differing = [...this.services].filter(([, { apartAt }]) => apartAt !== null && now - apartAt < remembered);
    return Object.fromEntries(differing.map(([service]) => [`clock of ${service}`, false]));
  }
}

/** For services that share a process, and so a clock. */
export const oneClock: ClockObserver = { apart: () => undefined, agrees: () => undefined };
