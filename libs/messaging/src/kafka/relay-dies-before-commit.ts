import 'reflect-metadata';
import { Database, PostgresFactLog, type Sql } from '@cofactor/event-store';
import type { ConsumerDatabase } from '../consumer-database';
import { connectKafka, kafkaSettings } from './connection';
import { OutboxRelay } from './relay';
import type { RelayPlaces } from './relay.fixture';

/** Ends the process, as a power cut would, when the relay has sent and is about to note it. */
const deadlyFor = (database: Database): ConsumerDatabase => ({
  query: (statement, parameters) => database.query(statement, parameters),
  transaction: (run) => database.transaction((transaction) => run(deadlyIn(transaction))),
});

const deadlyIn = (transaction: Sql): Sql => ({
  query: (statement, parameters) => {
    if (statement.startsWith('UPDATE relay SET position') && parameters?.[1] !== 0)
      process.kill(process.pid, 'SIGKILL');
    return transaction.query(statement, parameters);
  },
});

// Run by a spec as a process of its own.
async function main(): Promise<void> {
  const { url, brokers, prefix } = JSON.parse(process.argv[2] ?? '') as RelayPlaces;
  const database = await Database.open({ name: 'relay that dies', url, poolSize: 4 });
  const settings = kafkaSettings.parse({ KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix });
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const relay = new OutboxRelay({
    onLogBehind: (error) => {
      throw error;
    },
    service: 'challenge',
    database: deadlyFor(database),
    log: new PostgresFactLog({ database, service: 'challenge' }),
    kafka: connectKafka(settings, 'challenge', logger),
    settings,
    logger,
    metrics: { setAside: () => undefined, interrupted: () => undefined },
  });
  relay.start();
}

void main();
