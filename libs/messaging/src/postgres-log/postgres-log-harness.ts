import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Database, PostgresFactLog } from '@cofactor/event-store';
import type { TestPostgres } from '@cofactor/testkit';
import {
  consumer,
  createDatabases,
  deathOf,
  noMetrics,
  Publisher,
  silentLogger,
  sources,
  typescript,
  type Addresses,
} from '../contract/logs-harness';
import type { TransportHarness, TransportOptions } from '../contract/transport-harness';
import { PostgresLogStrategy } from './postgres-log-strategy';

/** A strategy with connections of its own to the databases of a harness. */
export async function connectStrategy(
  addresses: Addresses,
  options: TransportOptions,
): Promise<{ transport: PostgresLogStrategy; release: () => Promise<void> }> {
  const open = (name: string, url: string): Promise<Database> =>
    Database.open({ name: `${name} ${randomUUID()}`, url, poolSize: 3 });
  const database = await open('consumer', addresses.consumer);
  const logs = await Promise.all(
    sources.map(async (service) => ({ service, database: await open(service, addresses.sources[service]) })),
  );
  const transport = new PostgresLogStrategy({
    ...options,
    consumer,
    database,
    sources: logs.map((log) => ({ service: log.service, log: new PostgresFactLog(log) })),
    logger: silentLogger,
    metrics: noMetrics,
  });
  const release = async (): Promise<void> => {
    await Promise.all([database, ...logs.map((log) => log.database)].map((each) => each.close()));
  };
  return { transport, release };
}

/** The harness of the postgres-log transport on a test server that the spec file has started. */
export async function makePostgresLogHarness(postgres: TestPostgres): Promise<TransportHarness> {
  const addresses = await createDatabases(postgres);
  const open = (name: string, url: string): Promise<Database> =>
    Database.open({ name: `${name} ${randomUUID()}`, url, poolSize: 2 });
  const database = await open('look', addresses.owner);
  const logs = await Promise.all(
    sources.map(async (service) => [service, await open(service, addresses.sources[service])] as const),
  );
  const publisher = new Publisher(new Map(logs));
  return {
    consumer,
    database,
    publish: async (facts) => {
      for (const fact of facts) await publisher.publish(fact);
    },
    publishAndRollBack: async (facts) => {
      for (const fact of facts) await publisher.publishAndRollBack(fact);
    },
    redeliver: async () => {
      await database.query('UPDATE consumer_offsets SET position = 0');
    },
    transport: (options) => connectStrategy(addresses, options),
    interruptDatabase: () => postgres.restart(),
    dieBeforeCommit: () =>
      deathOf(fork(join(__dirname, 'dies-before-commit.ts'), [JSON.stringify(addresses)], typescript)),
    stop: async () => {
      await Promise.all([database, ...logs.map(([, log]) => log)].map((each) => each.close()));
    },
  };
}
