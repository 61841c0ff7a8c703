import type { Service } from '@cofactor/contracts';
import { PostgresFactLog, type Database } from '@cofactor/event-store';
import {
  CombinedTransport,
  connectKafka,
  isKnownWhole,
  KafkaStrategy,
  LogBehindTopic,
  OutboxRelay,
  PostgresLogStrategy,
  refuseLogBehindTopic,
  waysToForget,
  type PublishedLog,
} from '@cofactor/messaging';
import {
  ConfigurationError,
  describeError,
  type Closing,
  type Logger,
  type Metrics,
  type Tracing,
} from '@cofactor/service-kit';
import { setTimeout as pause } from 'node:timers/promises';
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
 * that its reactions never wait for Kafka; those of others come by Kafka. `onWaiting` hears, once, that it waits for Kafka
 * before it goes on.
 */
export async function openBus(
  { name, follows, log }: Following,
  settings: HostSettings,
  database: Database,
  { logger, metrics, tracing }: { readonly logger: Logger; readonly metrics: Metrics; readonly tracing: Tracing },
  onWaiting: () => Promise<unknown>,
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
    await refuseRestored({ service: log, database, log: own, kafka, prefix }, onWaiting, logger, closings);
    if (settings.COFACTOR_MODE === 'production') await refuseForgetful(kafka, settings, log);
    const onLogBehind = () =>
      setImmediate(() => {
        // As an error that nobody caught: it ends the process, which had started while Kafka was away.
        throw restored(log);
      });
    const relay = new OutboxRelay({ service: log, database, log: own, onLogBehind, kafka, settings, logger, metrics });
    relay.start();
    closings.push(() => relay.close());
    metrics.watchRelayLag(() => relay.lag());
    parts.push(['relay', () => relay.isHealthy()], ['topic', () => relay.isTopicAsPlanned()]);
  }
  return { transport, parts };
}

/** Milliseconds. */
const betweenQuestions = 2_000;

/**
 * Throws ConfigurationError where the log lacks facts that Kafka has: its database came back from a backup, and what was
 * destroyed since would be alive (DESIGN §6.12). While Kafka is away, a log that lies where it did when Kafka last said so
 * is taken for whole (I3), and its relay asks before it publishes anything; with any other, nothing is served until Kafka
 * has said.
 */
async function refuseRestored(
  published: PublishedLog,
  onWaiting: () => Promise<unknown>,
  logger: Logger,
  closings: Closing[],
): Promise<void> {
  const closing = new AbortController();
  closings.push(async () => closing.abort());
  for (let isSaid = false; !closing.signal.aborted; isSaid = true) {
    const failure = await refuseLogBehindTopic(published).then(() => null, asError);
    if (failure instanceof LogBehindTopic) throw restored(published.service);
    if (failure === null || (await isKnownWhole(published))) return;
    if (!isSaid) {
      logger.error(describeError(failure), waiting);
      await onWaiting();
    }
    await pause(betweenQuestions, undefined, { signal: closing.signal }).catch(() => undefined);
  }
}

const waiting =
  'Kafka does not say whether the database came back from a backup, and PostgreSQL was started anew since it last did: nothing is served until it does';
const asError = (error: unknown): unknown => error ?? new Error('no reason');

/**
 * Throws ConfigurationError where Kafka would forget facts: a restore could not know what was destroyed (docs/adr/0010).
 * Without Kafka, and when it changes later, the relay names it and the service goes on, since sign-ins do without.
 */
async function refuseForgetful(kafka: PublishedLog['kafka'], settings: HostSettings, service: Service): Promise<void> {
  const ways = await waysToForget(kafka, settings, service).catch(() => []);
  if (ways.length === 0) return;
  const topic = `${settings.KAFKA_TOPIC_PREFIX}${service}`;
  throw new ConfigurationError(
    `KAFKA_TOPIC_PREFIX: the topic ${topic} forgets facts (${ways.join('; ')}); change its settings first`,
  );
}

const restored = (service: Service): ConfigurationError =>
  new ConfigurationError(
    `DATABASE_URL: the log of ${service} lacks facts that Kafka has, so a backup was brought back. Stop all services and run "npm run after-restore" first`,
  );
