export { defaultRetryPlan, type RetryPlan } from './backoff';
export { CombinedTransport } from './combined-transport';
export type { ConsumerDatabase } from './consumer-database';
export { DeadLetterRefused, DeadLetters, type DeadLetter, type DeadLetterState } from './dead-letters';
export { runDeadLettersCommand, type DeadLetterPlaces } from './dead-letters-command';
export { FactContext, type Flush } from './fact-context';
export type { FactLog } from './fact-log';
export type { FactTransport } from './fact-transport';
export { InboxReader, type InboxReaderOptions } from './inbox-reader';
export type { MessagingLogger, MessagingMetrics } from './logger';
export { messagingMigrations } from './migrations';
export { PostgresLogStrategy, type PostgresLogStrategyOptions } from './postgres-log/postgres-log-strategy';
export { replayFromZero } from './replay';
export { KafkaStrategy, type KafkaStrategyOptions } from './kafka/kafka-strategy';
export { connectKafka, kafkaSettings, type KafkaSettings } from './kafka/connection';
export {
  LogBehindTopic,
  isKnownWhole,
  refuseLogBehindTopic,
  relayedUpTo,
  type PublishedLog,
} from './kafka/log-behind-topic';
export { waysToForget } from './kafka/topic-settings';
export { readTopic } from './kafka/topic-reader';
export { relayMigrations } from './kafka/relay-migrations';
export { OutboxRelay, type OutboxRelayOptions } from './kafka/relay';
