import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { ownerOfStream, type Envelope, type Service } from '@cofactor/contracts';
import {
  Database,
  PostgresEventStore,
  PostgresFactLog,
  eventStoreMigrations,
  migrate,
  type Sql,
} from '@cofactor/event-store';
import type { TestPostgres } from '@cofactor/testkit';
import { effectsTable } from '../contract/effects-controller';
import type { FactToPublish, TransportHarness, TransportOptions } from '../contract/transport-harness';
import type { MessagingLogger, MessagingMetrics } from '../logger';
import { messagingMigrations } from '../migrations';
import { PostgresLogStrategy } from './postgres-log-strategy';

const consumer = 'audit';
const role = 'contract_consumer';
const sources = ['factor-enrollment', 'challenge'] as const satisfies readonly Service[];

export const silentLogger: MessagingLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const noMetrics: MessagingMetrics = {
  handled: () => undefined,
  setAside: () => undefined,
  interrupted: () => undefined,
};

/** Where the databases of one harness are. */
export interface Addresses {
  readonly consumer: string;
  readonly sources: Readonly<Record<(typeof sources)[number], string>>;
}

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

/** Fresh databases on the server: one log per source, and one for the consumer under a role with few rights. */
async function createDatabases(postgres: TestPostgres): Promise<Addresses & { readonly owner: string }> {
  const [own, enrollment, challenge] = await Promise.all([
    postgres.createDatabase(),
    postgres.createDatabase(),
    postgres.createDatabase(),
  ]);
  const owner = await Database.open({ name: `owner ${own.name}`, url: own.url, poolSize: 1 });
  await owner.query(`DO $$ BEGIN CREATE ROLE ${role} LOGIN PASSWORD 'only-for-tests';
    EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
  await owner.query(effectsTable);
  await owner.query(`GRANT SELECT, INSERT ON effects TO ${role}`);
  await owner.close();
  const asRole = new URL(own.url);
  asRole.username = role;
  asRole.password = 'only-for-tests';
  await migrate({ name: own.name, ownerUrl: own.url, migrations: messagingMigrations, applicationRole: role });
  for (const { url, name } of [enrollment, challenge]) {
    await migrate({ name, ownerUrl: url, migrations: eventStoreMigrations, applicationRole: role });
  }
  return {
    owner: own.url,
    consumer: asRole.href,
    sources: { 'factor-enrollment': enrollment.url, challenge: challenge.url },
  };
}

type AppendedUnit = Parameters<PostgresEventStore['append']>[0];

const envelope: Envelope = {
  organisationIds: [],
  actor: { kind: 'service', id: 'contract' },
  subject: { kind: 'unknown', id: 'nobody' },
  origin: { requestId: 'contract', traceparent: null, sealed: null, sealedFor: 'installation' },
  policyVersion: null,
};

/** Appends facts to the logs of their owners. */
class Publisher {
  private readonly versions = new Map<string, number>();

  constructor(private readonly databases: ReadonlyMap<Service, Database>) {}

  async publish({ stream, type }: FactToPublish): Promise<void> {
    const { service, database } = this.owner(stream);
    const version = this.versions.get(stream) ?? 0;
    await new PostgresEventStore({ database, service }).append(this.unit(stream, type, version));
    this.versions.set(stream, version + 1);
  }

  async publishAndRollBack({ stream, type }: FactToPublish): Promise<void> {
    const { service, database } = this.owner(stream);
    const unit = this.unit(stream, type, this.versions.get(stream) ?? 0);
    const rolledBack = new Error('rolled back');
    await database
      .transaction(async (transaction: Sql) => {
        await new PostgresEventStore({ database, service }).appendWithin(transaction, unit);
        throw rolledBack;
      })
      .catch((error: unknown) => {
        if (error !== rolledBack) throw error;
      });
  }

  private owner(stream: string): { readonly service: Service; readonly database: Database } {
    const service = ownerOfStream(stream);
    const database = service && this.databases.get(service);
    if (!service || !database) throw new Error(`no log of this harness owns ${stream}`);
    return { service, database };
  }

  private unit(stream: string, type: string, version: number): AppendedUnit {
    const event = {
      id: randomUUID(),
      at: '2026-01-01T00:00:00.000Z',
      type,
      schemaVersion: 1,
      envelope,
      data: {},
    };
    const snapshot = { stateVersion: 1, state: {} };
    return { streams: [{ stream, expectedVersion: version, events: [event], snapshot }] };
  }
}

async function dieBeforeCommit(addresses: Addresses): Promise<NodeJS.Signals | null> {
  const child = fork(join(__dirname, 'dies-before-commit.ts'), [JSON.stringify(addresses)], {
    env: { ...process.env, TS_NODE_PROJECT: join(__dirname, '../../../../tsconfig.base.json') },
    execArgv: ['--conditions=@cofactor/source', '-r', '@swc-node/register'],
    stdio: 'inherit',
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
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
    dieBeforeCommit: () => dieBeforeCommit(addresses),
    stop: async () => {
      await Promise.all([database, ...logs.map(([, log]) => log)].map((each) => each.close()));
    },
  };
}
