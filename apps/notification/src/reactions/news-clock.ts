import type { Clock } from '@cofactor/service-kit';

/** The time by which news is judged. */
export class NewsClock {
  constructor(private readonly clock: Clock) {}
  now(): Date {
    return this.clock.now();
  }
}
