import type { ChildProcess, ForkOptions } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { ownerOfStream, type Envelope, type Service } from '@cofactor/contracts';
import { Database, PostgresEventStore, eventStoreMigrations, migrate, type Sql } from '@cofactor/event-store';
import type { TestPostgres } from '@cofactor/testkit';
import type { MessagingLogger, MessagingMetrics } from '../logger';
import { messagingMigrations } from '../migrations';
import { effectsTable } from './effects-controller';
import type { FactToPublish } from './transport-harness';

export const consumer = 'audit';
export const role = 'contract_consumer';
export const sources = ['factor-enrollment', 'challenge'] as const satisfies readonly Service[];

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

/** Fresh databases on the server: one log per source, and one for the consumer under a role with few rights. */
export async function createDatabases(postgres: TestPostgres): Promise<Addresses & { readonly owner: string }> {
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
export class Publisher {
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

/** For a process of its own that runs TypeScript. */
export const typescript: ForkOptions = {
  env: { ...process.env, TS_NODE_PROJECT: join(__dirname, '../../../../tsconfig.base.json') },
  execArgv: ['--conditions=@cofactor/source', '-r', '@swc-node/register'],
  stdio: 'inherit',
};

/** Answers the signal by which a process ends. */
export async function deathOf(child: ChildProcess): Promise<NodeJS.Signals | null> {
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}
