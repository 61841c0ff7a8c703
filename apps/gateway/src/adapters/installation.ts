import type { HealthCheck } from '@cofactor/service-kit';

export const INSTALLATION = Symbol('what the gateway tells of the installation');

/** What the gateway tells of the installation as a whole. */
export interface Installation {
  readonly health: HealthCheck;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  readonly showsOutbox: boolean;
}
