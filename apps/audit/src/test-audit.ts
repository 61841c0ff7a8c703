import {
  auditOperations,
  services,
  type CallContext,
  type ClientOf,
  type EventType,
  type Fact,
  type Service,
} from '@cofactor/contracts';
import { Database, eventStoreMigrations, migrate, PostgresEventStore, PostgresFactLog } from '@cofactor/event-store';
import { InboxReader, PostgresLogStrategy } from '@cofactor/messaging';
import { FileMasterKey, PersonalFields, vaultMigrations } from '@cofactor/secret-vault';
import {
  createLogger,
  generateSigningKey,
  inProcessClient,
  KeyRing,
  Metrics,
  newId,
  type RunningService,
  Signer,
  SigningKeys,
  startService,
  systemClock,
  Verifier,
} from '@cofactor/service-kit';
import { startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditModule, auditMigrations } from './app.module';
import { sampleFact } from './domain/sample-facts';

const role = 'audit_application';
const silence = { info: () => undefined, warn: () => undefined, error: () => undefined };
const noMetrics = { handled: () => undefined, setAside: () => undefined, interrupted: () => undefined };

/** What one appended fact is; the rest comes from the samples. */
export interface FactToAppend {
  readonly type: EventType;
  readonly stream: string;
  readonly changes?: Partial<Fact>;
}

/** One running audit service on databases that outlive it. */
export interface AuditProcess {
  readonly service: RunningService;
  readonly client: ClientOf<typeof auditOperations>;
  stop(): Promise<void>;
}

/** Audit as it runs, on a real PostgreSQL with the logs of all services beside it. */
export class TestAudit {
  private readonly versions = new Map<string, number>();
  private readonly stores: ReadonlyMap<Service, PostgresEventStore>;

  private constructor(
    private readonly postgres: TestPostgres,
    private readonly folder: string,
    private readonly logs: ReadonlyMap<Service, Database>,
    private readonly applicationUrl: string,
    private readonly signer: Signer,
    private readonly verifier: Verifier,
    /** The audit's database, as its owner. */
    readonly owner: Database,
    /** The audit's database, as the service sees it. */
    readonly application: Database,
    readonly vault: Database,
    readonly personalFields: PersonalFields,
  ) {
    this.stores = new Map(
      [...logs].map(([service, database]) => [service, new PostgresEventStore({ database, service })]),
    );
  }

  static async start(): Promise<TestAudit> {
    const postgres = await startTestPostgres();
    const folder = await mkdtemp(join(tmpdir(), 'cofactor-audit-'));
    const [own, vault] = [await postgres.createDatabase(), await postgres.createDatabase()];
    const owner = await open('owner', own.url);
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'only-for-tests'`);
    await migrate({ name: 'audit', ownerUrl: own.url, migrations: auditMigrations, applicationRole: role });
    await migrate({ name: 'vault', ownerUrl: vault.url, migrations: vaultMigrations, applicationRole: role });
    const logs = new Map<Service, Database>();
    for (const service of services) {
      const { url } = await postgres.createDatabase();
      await migrate({ name: service, ownerUrl: url, migrations: eventStoreMigrations, applicationRole: role });
      logs.set(service, await open(service, url));
    }
    const vaultDatabase = await open('vault', vault.url);
    const masterKey = await FileMasterKey.create(join(folder, 'keys.json'));
    const personalFields = new PersonalFields({ database: vaultDatabase, masterKey, clock: systemClock });
    const jwk = generateSigningKey('identity-1');
    const signer = new Signer('identity', await SigningKeys.of([jwk]));
    const verifier = new Verifier('audit', await KeyRing.load({ identity: jwk }));
    const asApplication = new URL(own.url);
    asApplication.username = role;
    asApplication.password = 'only-for-tests';
    const application = await open('application', asApplication.href);
    return new TestAudit(
      postgres,
      folder,
      logs,
      asApplication.href,
      signer,
      verifier,
      owner,
      application,
      vaultDatabase,
      personalFields,
    );
  }

  /** Starts the service; several can run side by side. */
  async run(): Promise<AuditProcess> {
    const database = await open('audit', this.applicationUrl);
    const transport = new PostgresLogStrategy({
      consumer: 'audit',
      database,
      sources: [...this.logs].map(([service, log]) => ({
        service,
        log: new PostgresFactLog({ database: log, service }),
      })),
      logger: silence,
      metrics: noMetrics,
    });
    const logger = createLogger('audit', 'silent');
    const module = AuditModule.register({
      logger,
      metrics: new Metrics('audit'),
      clock: systemClock,
      database,
      verifier: this.verifier,
      personalFields: this.personalFields,
      visibility: new InboxReader({ database, onCommit: (listener) => transport.onCommit(listener) }),
    });
    const service = await startService(module, transport, logger);
    const stop = async () => {
      await service.close();
      await database.close();
    };
    return { service, client: inProcessClient(auditOperations, () => service.operations), stop };
  }

  /** Appends facts to the logs of their owners in one commit each, and answers their positions. */
  async append(...facts: readonly FactToAppend[]): Promise<readonly string[]> {
    return Promise.all(
      facts.map(async ({ type, stream, changes = {} }) => {
        const fact = sampleFact(type, changes);
        const version = (this.versions.get(stream) ?? 0) + 1;
        this.versions.set(stream, version);
        const { at, schemaVersion, envelope, data } = fact;
        const event = { id: newId(), at, type: fact.type, schemaVersion, envelope, data };
        await this.stores.get(fact.service)?.append({
          streams: [
            { stream, expectedVersion: version - 1, events: [event], snapshot: { stateVersion: 1, state: {} } },
          ],
        });
        return `${stream}@${version}`;
      }),
    );
  }

  /** Makes every fact come again, as after the loss of an offset, and forgets what was seen. */
  async redeliver(): Promise<void> {
    await this.owner.query('UPDATE consumer_offsets SET position = 0');
    await this.owner.query('DELETE FROM inbox');
  }

  statement(organisationId: string | null, permission: 'read-audit' | 'read-factors' = 'read-audit'): Promise<string> {
    const authority = { kind: 'session', id: 'session-1' } as const;
    const statement = {
      permission,
      personId: 'sam',
      authority,
      policies: [],
      assurance: null,
      credentialId: null,
      organisationId,
    };
    return this.signer.statement(statement, 'audit', new Date());
  }

  async stop(): Promise<void> {
    const databases = [this.owner, this.application, this.vault, ...this.logs.values()];
    await Promise.all(databases.map((database) => database.close()));
    await this.postgres.stop();
    await rm(this.folder, { recursive: true });
  }
}

let opened = 0;
const open = (name: string, url: string): Promise<Database> =>
  Database.open({ name: `${name} ${(opened += 1)}`, url, poolSize: 4 });

export const anyCall: CallContext = {
  requestId: 'request-9',
  traceparent: null,
  source: { ip: '203.0.113.9', userAgent: null },
  idempotencyKey: null,
};

type ListRequest = Parameters<ClientOf<typeof auditOperations>['listRecords']>[0];

/** A request without any wish. */
export const everything: Omit<ListRequest, 'organisationId' | 'statement'> = {
  after: null,
  limit: 500,
  subject: null,
  type: null,
  from: null,
  to: null,
  readAfter: [],
};
