import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The Prometheus metrics of one service; every series carries its name. */
export class Metrics {
  readonly registry = new Registry();
  readonly operationDuration: Histogram<'operation' | 'outcome'>;
  readonly consumerLag: Gauge<'source'>;
  readonly deadLetters: Counter<'source'>;

  constructor(readonly service: string) {
    this.registry.setDefaultLabels({ service });
    this.operationDuration = new Histogram({
      name: 'cofactor_operation_duration_seconds',
      help: 'Time to answer an operation, by operation and outcome',
      labelNames: ['operation', 'outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [this.registry],
    });
    this.consumerLag = new Gauge({
      name: 'cofactor_consumer_lag_facts',
      help: 'Facts committed by a source and not yet taken effect here',
      labelNames: ['source'],
      registers: [this.registry],
    });
    this.deadLetters = new Counter({
      name: 'cofactor_dead_letters_total',
      help: 'Facts put aside after their retries',
      labelNames: ['source'],
      registers: [this.registry],
    });
  }

  /** Adds memory, CPU and event loop of this process; once in a process. */
  withProcessMetrics(): this {
    collectDefaultMetrics({ register: this.registry });
    return this;
  }
}
