import {
  DomainError,
  factorEnrollmentOperations,
  presets,
  type CallContext,
  type ClientOf,
  type Fact,
  type Policy,
  type Proof,
  type Statement,
} from '@cofactor/contracts';
import { Database, migrate, PostgresFactLog } from '@cofactor/event-store';
import { PostgresLogStrategy } from '@cofactor/messaging';
import {
  FactorSecrets,
  FileMasterKey,
  grantVaultRights,
  PersonalFields,
  vaultMigrations,
} from '@cofactor/secret-vault';
import {
  createLogger,
  generateSigningKey,
  Hashing,
  inProcessClient,
  KeyRing,
  Metrics,
  newId,
  type RunningService,
  Signer,
  SigningKeys,
  startService,
  Verifier,
} from '@cofactor/service-kit';
import { fixedClock, SentCodes, startTestPostgres, type FixedClock } from '@cofactor/testkit';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { FactorEnrollmentModule, factorEnrollmentMigrations } from './app.module';

const password = 'only-for-tests';
const role = 'factor_enrollment';

export type Client = ClientOf<typeof factorEnrollmentOperations>;

/** A vault on which the process dies, between the commit and what it would do there next. */
export class DyingVault extends FactorSecrets {
  override activate(): Promise<boolean> {
    return Promise.reject(new Error('the process died here'));
  }
  override destroy(): Promise<void> {
    return Promise.reject(new Error('the process died here'));
  }
}

/** Identity as resets call it. */
export class EndedSessions {
  answers = true;
  readonly ended: string[] = [];
  /** What was opened until when. */
  readonly endedBy = new Map<string, string>();

  endSessionsByReset = ({
    personId,
    openedBy,
  }: {
    personId: string;
    openedBy: string;
  }): Promise<Record<string, never>> => {
    if (!this.answers) return Promise.reject(new DomainError('unavailable'));
    this.ended.push(personId);
    this.endedBy.set(personId, openedBy);
    return Promise.resolve({});
  };
}

/** Notification as it knows the links in its messages. */
export class KnownNotices {
  private readonly known = new Map<string, { readonly personId: string; readonly messageId: string }>();

  /** Sends a message to a person, and answers its link. */
  linkTo(personId: string): string {
    const messageId = newId();
    this.known.set(`link of ${messageId}`, { personId, messageId });
    return `link of ${messageId}`;
  }

  readReportedNotice = ({ link }: { readonly link: string }) => {
    const notice = this.known.get(link);
    if (!notice) return Promise.reject(new DomainError('link-not-valid'));
    return Promise.resolve({ ...notice, factId: 'fact-1', organisationIds: ['practice-1'], policyVersion: 3 });
  };
}

export interface Replica {
  readonly client: Client;
  readonly secrets: FactorSecrets;
  close(): Promise<void>;
}

/** Factor-enrollment as it runs, on a PostgreSQL of its own and under its own roles; identity is played. */
export interface TestFactorEnrollment {
  readonly clock: FixedClock;
  /** A process that reacts to nothing, so that a test sees what the request alone has done. */
  readonly client: Client;
  readonly secrets: FactorSecrets;
  /** Notification, played: keeps the codes that it was to send. */
  readonly sentCodes: SentCodes;
  /** Identity, played: whose sessions it ended, and whether it answers. */
  readonly sessions: EndedSessions;
  /** Notification, played: whose messages have which links. */
  readonly notices: KnownNotices;
  /** One more process on the same databases. */
  replica(options?: { vault?: typeof FactorSecrets; reacts?: boolean }): Promise<Replica>;
  statement(personId: string, permission: Statement['permission'], differing?: Partial<Statement>): Promise<string>;
  readProof(proof: string): Promise<Proof>;
  factsOf(personId: string): Promise<readonly Fact[]>;
  /** Every entry in the vault of this person. */
  entriesOf(personId: string): Promise<number>;
  /** Everything that the service has written: its database, and its log lines. */
  everythingWritten(): Promise<string>;
  stop(): Promise<void>;
}

export const aContext = (idempotencyKey: string | null = null): CallContext => ({
  requestId: newId(),
  traceparent: null,
  source: { ip: '203.0.113.7', userAgent: 'a browser' },
  idempotencyKey,
});

export const policies = (differing: Partial<Policy> = {}) => [
  { organisationId: 'practice-1', version: 3, policy: { ...presets.healthcode, ...differing } },
];

export async function startTestFactorEnrollment(): Promise<TestFactorEnrollment> {
  const postgres = await startTestPostgres();
  const folder = await mkdtemp(join(tmpdir(), 'cofactor-factor-enrollment-'));
  const clock = fixedClock('2026-03-01T09:30:10.000Z');
  const [own, vault] = [await postgres.createDatabase(), await postgres.createDatabase()];
  const opened: Database[] = [];
  const open = async (url: string, as: string | null): Promise<Database> => {
    const asRole = as === null ? url : Object.assign(new URL(url), { username: as, password }).href;
    const database = await Database.open({ name: 'factor-enrollment', url: asRole, poolSize: 8 });
    opened.push(database);
    return database;
  };
  const [vaultOwner, owner] = [await open(vault.url, null), await open(own.url, null)];
  for (const name of [role, 'other']) await owner.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
  await migrate({ name: 'own', ownerUrl: own.url, migrations: factorEnrollmentMigrations, applicationRole: role });
  await migrate({ name: 'vault', ownerUrl: vault.url, migrations: vaultMigrations, applicationRole: role });
  const others = { identity: 'other', challenge: 'other', notification: 'other', audit: 'other' };
  await grantVaultRights(vaultOwner, { ...others, factorEnrollment: role });

  const masterKey = await FileMasterKey.create(join(folder, 'keys.json'));
  const signing = {
    identity: generateSigningKey('identity-1'),
    'factor-enrollment': generateSigningKey('factor-enrollment-1'),
  };
  const hashing = await Hashing.create({ concurrency: 2, waiting: 200 }, randomBytes);
  const asIdentity = new Signer('identity', await SigningKeys.of([signing.identity]));
  const identityReads = new Verifier('identity', await KeyRing.load(signing));
  const log = new PostgresFactLog({ database: owner, service: 'factor-enrollment' });
  const lines: string[] = [];
  const logged = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  const running: RunningService[] = [];
  const sentCodes = new SentCodes();
  const sessions = new EndedSessions();
  const notices = new KnownNotices();

  const replica: TestFactorEnrollment['replica'] = async ({ vault: Vault = FactorSecrets, reacts = false } = {}) => {
    const [logger, metrics] = [createLogger('factor-enrollment', 'debug', logged), new Metrics('factor-enrollment')];
    const [database, vaultDatabase] = [await open(own.url, role), await open(vault.url, role)];
    const vaultParts = { masterKey, clock, database: vaultDatabase };
    const secrets = new Vault(vaultParts);
    const module = FactorEnrollmentModule.register({
      relyingParty: {
        id: 'mfa.riverside.example',
        name: 'Riverside Practice',
        origins: ['https://mfa.riverside.example'],
      },
      codes: sentCodes,
      sessions,
      notices,
      logger,
      metrics,
      clock,
      randomBytes,
      database,
      factorSecrets: secrets,
      personalFields: new PersonalFields(vaultParts),
      keyedHashes: masterKey,
      hashing,
      signer: new Signer('factor-enrollment', await SigningKeys.of([signing['factor-enrollment']])),
      verifier: new Verifier('factor-enrollment', await KeyRing.load(signing)),
    });
    const sources = reacts ? [{ service: 'factor-enrollment', log } as const] : [];
    const transport = new PostgresLogStrategy({ consumer: 'factor-enrollment', database, sources, logger, metrics });
    const service = await startService(module, transport, logger);
    running.push(service);
    const client = inProcessClient(factorEnrollmentOperations, () => service.operations);
    return { client, secrets, close: () => service.close() };
  };

  const { client, secrets } = await replica();
  return {
    clock,
    client,
    secrets,
    sentCodes,
    sessions,
    notices,
    replica,
    statement: (personId, permission, differing = {}) =>
      asIdentity.statement(
        {
          permission,
          personId,
          authority: { kind: 'session', id: `session-of-${personId}`.slice(0, 40) },
          policies: policies(),
          assurance: { level: 'aal2', amr: ['pwd', 'otp', 'mfa'], authenticatedAt: clock.now().toISOString() },
          credentialId: null,
          organisationId: null,
          ...differing,
        },
        'factor-enrollment',
        clock.now(),
      ),
    readProof: (proof) => identityReads.proof(proof, clock.now()),
    factsOf: async (personId) =>
      (await log.readAll(0, 10_000)).filter(({ stream }) => stream === `factors-${personId}`),
    entriesOf: async (personId) => {
      const sql = `SELECT 1 FROM factor_secret JOIN factor_secret_key USING (data_key_id) WHERE person_id = $1`;
      return (await vaultOwner.query(sql, [personId])).length;
    },
    everythingWritten: async () => {
      const tables = ['events', 'streams', 'idempotency_keys'];
      const rows = await Promise.all(tables.map((table) => owner.query(`SELECT ${table}::text FROM ${table}`)));
      return JSON.stringify([rows, lines]);
    },
    stop: async () => {
      await Promise.all(running.map((service) => service.close()));
      await Promise.all(opened.map((database) => database.close()));
      await postgres.stop();
      await rm(folder, { recursive: true });
    },
  };
}
