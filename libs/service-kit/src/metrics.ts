import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { HealthCheck } from './boot';

/**
 * Milliseconds between two looks at the lag of the event loop, which its figures include. Each look wakes the process:
 * a hundred of them a second are half of what a service uses that nobody asks for anything.
 */
const lagLookEvery = 100;

/** The Prometheus metrics of one service; every series carries its name. */
export class Metrics {
  readonly registry = new Registry();
  readonly operationDuration: Histogram<'operation' | 'outcome'>;
  private readonly factsHandled: Counter<'source'>;
  private readonly batchDuration: Histogram<'source'>;
  private readonly factsSetAside: Counter<'source' | 'type' | 'state'>;
  private readonly interruptions: Counter<'source'>;

  constructor(readonly service: string) {
    this.registry.setDefaultLabels({ service });
    this.operationDuration = new Histogram({
      name: 'cofactor_operation_duration_seconds',
      help: 'Time to answer an operation, by operation and outcome',
      labelNames: ['operation', 'outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [this.registry],
    });
    const registers = [this.registry];
    this.factsHandled = new Counter({
      name: 'cofactor_facts_handled_total',
      help: 'Facts of a source that took effect here',
      labelNames: ['source'],
      registers,
    });
    this.batchDuration = new Histogram({
      name: 'cofactor_fact_batch_duration_seconds',
      help: 'Time from the read of a batch of facts to its commit',
      labelNames: ['source'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      registers,
    });
    this.factsSetAside = new Counter({
      name: 'cofactor_facts_set_aside_total',
      help: 'Facts that failed here; `dead` ones wait for an operator',
      labelNames: ['source', 'type', 'state'],
      registers,
    });
    this.interruptions = new Counter({
      name: 'cofactor_fact_interruptions_total',
      help: 'Times that a log or the own database could not be reached',
      labelNames: ['source'],
      registers,
    });
  }

  /** What the transport counts (MessagingMetrics). */
  handled(source: string, facts: number, seconds: number): void {
    this.factsHandled.inc({ source }, facts);
    this.batchDuration.observe({ source }, seconds);
  }

  setAside(source: string, type: string, state: 'retrying' | 'dead'): void {
    this.factsSetAside.inc({ source, type, state });
  }

  interrupted(source: string): void {
    this.interruptions.inc({ source });
  }

  /** Facts committed by each source and not yet taken here, asked for at each scrape. */
  watchLag(lag: () => Promise<Readonly<Record<string, number>>>): void {
    new Gauge({
      name: 'cofactor_consumer_lag_facts',
      help: 'Facts committed by a source that have not taken effect here',
      labelNames: ['source'],
      registers: [this.registry],
      async collect() {
        for (const [source, facts] of Object.entries(await lag().catch(() => ({})))) this.set({ source }, facts);
      },
    });
  }

  /** Facts committed here and not yet published on the bus, asked for at each scrape. */
  watchRelayLag(lag: () => Promise<number>): void {
    new Gauge({
      name: 'cofactor_relay_lag_facts',
      help: 'Facts committed here that are not on the bus yet',
      registers: [this.registry],
      async collect() {
        // Unknown is not none: no alert may take it for well.
        this.set(await lag().catch(() => Number.NaN));
      },
    });
  }

  /** Each part that the readiness names, as it is at each scrape: 1 or 0. Throws nothing; no answer is no series. */
  watchParts(look: HealthCheck): void {
    new Gauge({
      name: 'cofactor_part_up',
      help: 'Whether a part of the readiness (/health/ready) is up',
      labelNames: ['part'],
      registers: [this.registry],
      async collect() {
        const report = await look().catch(() => ({}));
        // A part that is named only while it is down, such as a clock, leaves with its series.
        this.reset();
        for (const [part, isUp] of Object.entries(report)) this.set({ part }, isUp ? 1 : 0);
      },
    });
  }

  /** Adds memory, CPU and event loop of this process; once in a process. */
  withProcessMetrics(): this {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: lagLookEvery });
    return this;
  }
}

/**
 * The series of several services of one process as one text. A metric that they have in common is described once, with
 * the series of all of them behind it: Prometheus refuses a text that says it twice.
 */
export async function textOfMetrics(all: readonly Metrics[]): Promise<string> {
  const seriesOf = new Map<string, string[]>();
  for (const { registry } of all) {
    for (const block of (await registry.metrics()).trim().split('\n\n')) {
      const [help = '', type = '', ...series] = block.split('\n');
      const description = `${help}\n${type}`;
      seriesOf.set(description, [...(seriesOf.get(description) ?? []), ...series]);
    }
  }
  return [...seriesOf].map(([description, series]) => `${[description, ...series].join('\n')}\n`).join('\n');
}
