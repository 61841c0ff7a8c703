import type { Service } from '@cofactor/contracts';
import { PostgresFactLog, type Database } from '@cofactor/event-store';
import { CombinedTransport, connectKafka, KafkaStrategy, OutboxRelay, PostgresLogStrategy } from '@cofactor/messaging';
import type { Closing, Logger, Metrics, Tracing } from '@cofactor/service-kit';
import type { HostSettings } from './settings';
import { tracedTransport } from './traced-transport';

/** Whether a part answers now. */
export type Watched = () => boolean | Promise<boolean>;

interface Following {
  readonly name: string;
  readonly follows: readonly Service[];
  readonly log: Service | null;
}

export interface Bus {
  /** Brings the facts that the service takes in. */
  readonly transport: CombinedTransport;
  /** What the readiness names of it. */
  readonly parts: readonly (readonly [part: string, isUp: Watched])[];
}

/**
 * Brings a service the facts that it follows, and publishes its own. Its own log comes straight from its own database, so
 * that its reactions never wait for Kafka; those of others come by Kafka.
 */
export async function openBus(
  { name, follows, log }: Following,
  settings: HostSettings,
  database: Database,
  { logger, metrics, tracing }: { readonly logger: Logger; readonly metrics: Metrics; readonly tracing: Tracing },
  closings: Closing[],
): Promise<Bus> {
  const kafka = connectKafka(settings, name, logger);
  const prefix = settings.KAFKA_TOPIC_PREFIX;
  const own = log === null ? null : new PostgresFactLog({ database, service: log });
  const parts: [part: string, isUp: Watched][] = [];
  const consuming = { consumer: name, database, logger, metrics };
  const others = follows.filter((source) => source !== log);
  const strategies = [
    ...(own && log && follows.includes(log)
      ? [new PostgresLogStrategy({ ...consuming, sources: [{ service: log, log: own }] })]
      : []),
    ...(others.length > 0 ? [new KafkaStrategy({ ...consuming, sources: others, kafka, prefix })] : []),
  ];
  const transport = new CombinedTransport(strategies.map((strategy) => tracedTransport(strategy, name, tracing)));
  metrics.watchLag(() => transport.lag());
  if (strategies.length > 0) parts.push(['bus', () => transport.isHealthy()]);
  if (own && log) {
    const relay = new OutboxRelay({ service: log, database, log: own, kafka, settings, logger, metrics });
    relay.start();
    closings.push(() => relay.close());
    metrics.watchRelayLag(() => relay.lag());
    parts.push(['relay', () => relay.isHealthy()]);
  }
  return { transport, parts };
}
