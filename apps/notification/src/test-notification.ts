import {
  DomainError,
  eventDefinition,
  type CallContext,
  type EventData,
  type EventType,
  type Fact,
  type Service,
} from '@cofactor/contracts';
import { Database, eventStoreMigrations, migrate, PostgresEventStore, PostgresFactLog } from '@cofactor/event-store';
import { PostgresLogStrategy } from '@cofactor/messaging';
import { Contacts, FileMasterKey, PersonalFields, vaultMigrations } from '@cofactor/secret-vault';
import { createLogger, Metrics, newId, startService, type RunningService } from '@cofactor/service-kit';
import { fixedClock, startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeopleOwner } from './reactions/announcement-page';
import { NotificationModule, notificationMigrations, type MailSettings, type NotificationParts } from './app.module';

export const role = 'notification_application';
export const pages = 'https://sign-in.riverside.example';
const sources = ['identity', 'factor-enrollment', 'challenge'] as const satisfies readonly Service[];
const silence = { info: () => undefined, warn: () => undefined, error: () => undefined };
const noMetrics = { handled: () => undefined, setAside: () => undefined, interrupted: () => undefined };

const streams = {
  identity: 'organisation-of-',
  'factor-enrollment': 'factors-',
  challenge: 'credential-of-',
  notification: 'message-',
};

let opened = 0;
const open = (name: string, url: string): Promise<Database> =>
  Database.open({ name: `${name} ${(opened += 1)}`, url, poolSize: 4 });

interface Databases {
  /** Notification's, as its owner. */
  readonly owner: Database;
  readonly vault: Database;
  readonly logs: ReadonlyMap<Service, Database>;
}

/** Identity, played: the people of practices, as many at a time as are asked for. */
export class PeopleOfPractices {
  readonly members = new Map<string, readonly string[]>();
  answers = true;
  /** Who belongs to support, and who looks after the practices. */
  readonly support: string[] = [];
  readonly administrators = new Map<string, readonly string[]>();
  /** How often a page was asked for. */
  asked = 0;

  listPeopleToTell: PeopleOwner['listPeopleToTell'] = ({ organisationId, after, limit }) => {
    this.asked += 1;
    if (!this.answers) return Promise.reject(new DomainError('unavailable'));
    const all = this.members.get(organisationId) ?? [];
    const behind = after === null ? 0 : all.indexOf(after) + 1;
    const personIds = all.slice(behind, behind + limit);
    const next = personIds.length < limit ? null : (personIds.at(-1) ?? null);
    return Promise.resolve({ organisation: 'Riverside Practice', personIds, next });
  };

  listApproversToTell: PeopleOwner['listApproversToTell'] = ({ organisationIds, notThese }) => {
    const all = organisationIds.flatMap((organisationId) => this.administrators.get(organisationId) ?? []);
    return Promise.resolve({ personIds: all.filter((personId) => !notThese.includes(personId)) });
  };

  readPracticeName: PeopleOwner['readPracticeName'] = () =>
    this.answers
      ? Promise.resolve({ organisation: 'Riverside Practice' })
      : Promise.reject(new DomainError('unavailable'));

  listSupportToTell: PeopleOwner['listSupportToTell'] = () =>
    this.answers ? Promise.resolve({ personIds: [...this.support] }) : Promise.reject(new DomainError('unavailable'));
}

/** Notification as it runs, on a real PostgreSQL with the logs that it follows beside it. */
export class TestNotification {
  readonly people = new PeopleOfPractices();
  readonly clock = fixedClock('2026-03-01T09:30:00.000Z');
  /** Every line that the service has logged. */
  readonly logged: string[] = [];
  private readonly versions = new Map<string, number>();

  private constructor(
    private readonly postgres: TestPostgres,
    private readonly folder: string,
    private readonly applicationUrl: string,
    readonly databases: Databases,
    readonly contacts: Contacts,
    readonly personalFields: PersonalFields,
    private readonly keyedHashes: FileMasterKey,
  ) {}

  static async start(): Promise<TestNotification> {
    const postgres = await startTestPostgres();
    const folder = await mkdtemp(join(tmpdir(), 'cofactor-notification-'));
    const [own, vault] = [await postgres.createDatabase(), await postgres.createDatabase()];
    const owner = await open('owner', own.url);
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'only-for-tests'`);
    const prepare = (name: string, ownerUrl: string, migrations: typeof notificationMigrations) =>
      migrate({ name, ownerUrl, migrations, applicationRole: role });
    await prepare('notification', own.url, notificationMigrations);
    await prepare('vault', vault.url, vaultMigrations);
    const logs = new Map<Service, Database>();
    for (const service of sources) {
      const { url } = await postgres.createDatabase();
      await prepare(service, url, eventStoreMigrations);
      logs.set(service, await open(service, url));
    }
    const vaultDatabase = await open('vault', vault.url);
    const masterKey = await FileMasterKey.create(join(folder, 'keys.json'));
    const clock = { now: () => new Date() };
    const vaultParts = { database: vaultDatabase, masterKey, keyedHashes: masterKey, clock };
    const contacts = new Contacts(vaultParts);
    const asApplication = new URL(own.url);
    asApplication.username = role;
    asApplication.password = 'only-for-tests';
    return new TestNotification(
      postgres,
      folder,
      asApplication.href,
      { owner, vault: vaultDatabase, logs },
      contacts,
      new PersonalFields(vaultParts),
      masterKey,
    );
  }

  /** Starts the service; several can run side by side. */
  async run(mail: MailSettings): Promise<RunningService> {
    const database = await open('notification', this.applicationUrl);
    const followed = [...this.databases.logs, ['notification', database] as const];
    const transport = new PostgresLogStrategy({
      consumer: 'notification',
      database,
      sources: followed.map(([service, log]) => ({ service, log: new PostgresFactLog({ database: log, service }) })),
      logger: silence,
      metrics: noMetrics,
    });
    const parts = this.parts(database, mail);
    const service = await startService(NotificationModule.register(parts), transport, parts.logger);
    const close = async () => {
      await service.close();
      await database.close();
    };
    return { ...service, close };
  }

  parts(database: Database, mail: MailSettings): NotificationParts {
    return {
      mode: 'development',
      logger: createLogger('notification', 'debug', { write: (line) => this.logged.push(line) }),
      metrics: new Metrics('notification'),
      clock: this.clock,
      database,
      contacts: this.contacts,
      keyedHashes: this.keyedHashes,
      personalFields: this.personalFields,
      people: this.people,
      mail,
      texts: { kind: 'none' },
      pages,
      timeZone: 'UTC',
    };
  }

  /** Each further one is newer. */
  async hasAddress(personId: string, value: string, contactId = `contact of ${personId}`): Promise<void> {
    await this.contacts.seal({
      contactId,
      personId,
      channel: 'email',
      value,
      expiresAt: null,
    });
  }

  /** Commits a fact about a person to the log of its owner. */
  async happens<Type extends EventType>(
    type: Type,
    personId: string,
    data: EventData<Type>,
    around: Partial<Fact['envelope']> = {},
    at = '2026-03-01T09:29:58.000Z',
  ): Promise<string> {
    const service = eventDefinition(type)?.owner ?? 'identity';
    const database = this.databases.logs.get(service);
    if (!database) throw new Error(`notification does not follow ${service}`);
    const stream = `${streams[service]}${personId}`;
    const version = (this.versions.get(stream) ?? 0) + 1;
    this.versions.set(stream, version);
    const id = newId();
    const envelope: Fact['envelope'] = {
      organisationIds: ['riverside'],
      actor: { kind: 'person', id: personId },
      subject: { kind: 'person', id: personId },
      origin: { requestId: `request of ${personId}`, traceparent: null, sealed: null, sealedFor: personId },
      policyVersion: 3,
      ...around,
    };
    const event = {
      id,
      at,
      type,
      schemaVersion: eventDefinition(type)?.version ?? 1,
      envelope,
      data,
    };
    await new PostgresEventStore({ database, service }).append({
      streams: [{ stream, expectedVersion: version - 1, events: [event], snapshot: { stateVersion: 1, state: {} } }],
    });
    return id;
  }

  /** What notification has committed about a person, in order. */
  async facts(personId: string): Promise<readonly Fact[]> {
    const all = await new PostgresFactLog({ database: this.databases.owner, service: 'notification' }).readAll(
      0,
      10_000,
    );
    return all.filter(({ envelope }) => envelope.subject.id === personId);
  }

  /** Makes every fact come again, as after the loss of an offset, and forgets what was seen. */
  async redeliver(): Promise<void> {
    await this.databases.owner.query('UPDATE consumer_offsets SET position = 0');
    await this.databases.owner.query('DELETE FROM inbox');
  }

  async stop(): Promise<void> {
    const { owner, vault, logs } = this.databases;
    await Promise.all([owner, vault, ...logs.values()].map((database) => database.close()));
    await this.postgres.stop();
    await rm(this.folder, { recursive: true });
  }
}

export const anyCall: CallContext = {
  requestId: 'request-9',
  traceparent: null,
  source: { ip: '203.0.113.9', userAgent: null },
  idempotencyKey: null,
};
