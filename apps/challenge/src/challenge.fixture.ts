import {
  challengeOperations,
  presets,
  type CallContext,
  type ChallengeEvent,
  type ClientOf,
  type Fact,
  type FactorType,
  type Proof,
  type Statement,
} from '@cofactor/contracts';
import { Database, migrate, PostgresFactLog } from '@cofactor/event-store';
import {
  factorEffects,
  registry,
  type ConfirmedFactor,
  type Factor,
  type FactorEffects,
  type StartedFactor,
} from '@cofactor/factors';
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
import { MemoryPendingChallenges } from './adapters/pending-challenges.memory';
import { ChallengeModule, challengeMigrations, type ChallengeParts } from './app.module';

const password = 'only-for-tests';
const roles = ['identity', 'factor_enrollment', 'challenge', 'notification', 'audit'] as const;

export type Client = ClientOf<typeof challengeOperations>;

export interface Enrolled {
  readonly personId: string;
  readonly credentialId: string;
  readonly details: Record<string, unknown>;
}

interface EnrolOptions {
  readonly acceptedStep?: number | null;
  readonly state?: 'pending';
  readonly personId?: string;
  /** Of a factor that asks the person for some. */
  readonly fields?: Record<string, unknown>;
  /** What answers the set-up of a factor that asks for more than a code. */
  readonly setUp?: (asked: Record<string, unknown>) => unknown;
}

/** Challenge as it runs, on a PostgreSQL of its own and under its own roles; the other services are played. */
export interface TestChallenge {
  readonly clock: FixedClock;
  readonly client: Client;
  /** Another process of the service, which shares databases and pending challenges. */
  replica(differing?: Partial<ChallengeParts>): Promise<Client>;
  /** The vault as factor-enrollment holds it. */
  readonly secrets: FactorSecrets;
  /** Notification, played: keeps the codes that it was to send. */
  readonly sentCodes: SentCodes;
  /** A confirmed factor of a new person, unless told otherwise. */
  enrolled(type: FactorType, options?: EnrolOptions): Promise<Enrolled>;
  statement(personId: string, differing?: Partial<Statement>): Promise<string>;
  /** What identity reads in a proof. */
  readProof(proof: string): Promise<Proof>;
  eventsOf(credentialId: string): Promise<readonly ChallengeEvent[]>;
  /** The facts of answers that met no challenge of this sign-in. */
  unmatchedOf(signInId: string): Promise<readonly Fact[]>;
  /** Everything that the service has written: its database, and its log lines. */
  everythingWritten(): Promise<string>;
  /** Ends every connection; data are kept. */
  restartPostgres(): Promise<void>;
  stop(): Promise<void>;
}

export const aContext = (idempotencyKey: string | null = null): CallContext => ({
  requestId: newId(),
  traceparent: null,
  source: { ip: '203.0.113.7', userAgent: 'a browser' },
  idempotencyKey,
});

export async function startTestChallenge(): Promise<TestChallenge> {
  const postgres = await startTestPostgres();
  const folder = await mkdtemp(join(tmpdir(), 'cofactor-challenge-'));
  const clock = fixedClock('2026-03-01T09:30:10.000Z');
  const [own, vault] = [await postgres.createDatabase(), await postgres.createDatabase()];
  const opened: Database[] = [];
  const open = async (url: string, role: string | null): Promise<Database> => {
    const asRole = role === null ? url : Object.assign(new URL(url), { username: role, password }).href;
    const database = await Database.open({ name: 'challenge', url: asRole, poolSize: 8 });
    opened.push(database);
    return database;
  };
  const vaultOwner = await open(vault.url, null);
  for (const role of roles) await vaultOwner.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
  await migrate({ name: 'own', ownerUrl: own.url, migrations: challengeMigrations, applicationRole: 'challenge' });
  await migrate({ name: 'vault', ownerUrl: vault.url, migrations: vaultMigrations, applicationRole: 'challenge' });
  const [identity, factorEnrollment, challenge, notification, audit] = roles;
  await grantVaultRights(vaultOwner, { identity, factorEnrollment, challenge, notification, audit });

  const masterKey = await FileMasterKey.create(join(folder, 'keys.json'));
  const signing = { identity: generateSigningKey('identity-1'), challenge: generateSigningKey('challenge-1') };
  const hashing = await Hashing.create({ concurrency: 2, waiting: 200 }, randomBytes);
  const vaultParts = { masterKey, clock };
  const secrets = new FactorSecrets({ ...vaultParts, database: await open(vault.url, factorEnrollment) });
  const pendingChallenges = new MemoryPendingChallenges(clock);
  const [asIdentity, identityReads] = [
    new Signer('identity', await SigningKeys.of([signing.identity])),
    new Verifier('identity', await KeyRing.load(signing)),
  ];
  const lines: string[] = [];
  const logged = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  const running: RunningService[] = [];
  const sentCodes = new SentCodes();

  const replica = async (differing: Partial<ChallengeParts> = {}): Promise<Client> => {
    const [logger, metrics] = [createLogger('challenge', 'debug', logged), new Metrics('challenge')];
    const [database, vaultDatabase] = [await open(own.url, challenge), await open(vault.url, challenge)];
    const module = ChallengeModule.register({
      logger,
      metrics,
      clock,
      randomBytes,
      database,
      pendingChallenges,
      factorSecrets: new FactorSecrets({ ...vaultParts, database: vaultDatabase }),
      personalFields: new PersonalFields({ ...vaultParts, database: vaultDatabase }),
      keyedHashes: masterKey,
      hashing,
      signer: new Signer('challenge', await SigningKeys.of([signing.challenge])),
      verifier: new Verifier('challenge', await KeyRing.load(signing)),
      codes: sentCodes,
      relyingParty,
      ...differing,
    });
    const transport = new PostgresLogStrategy({ consumer: 'challenge', database, sources: [], logger, metrics });
    const service = await startService(module, transport, logger);
    running.push(service);
    return inProcessClient(challengeOperations, () => service.operations);
  };

  const ownReader = await open(own.url, null);
  const log = new PostgresFactLog({ database: ownReader, service: 'challenge' });
  return {
    clock,
    secrets,
    sentCodes,
    replica,
    client: await replica(),
    enrolled: (type, options = {}) => enrol(secrets, clock, hashing, type, options),
    statement: (personId, differing = {}) =>
      asIdentity.statement(
        {
          permission: 'challenge',
          personId,
          authority: { kind: 'sign-in', id: `of-${personId}` },
          policies,
          assurance: null,
          credentialId: null,
          organisationId: null,
          ...differing,
        },
        'challenge',
        clock.now(),
      ),
    readProof: (proof) => identityReads.proof(proof, clock.now()),
    eventsOf: async (credentialId) =>
      (await log.readAll(0, 10_000))
        .filter(({ stream }) => stream === `credential-${credentialId}`)
        // Read back from the service's own log, whose types are these.
        .map(({ type, data }) => ({ type, data }) as ChallengeEvent),
    unmatchedOf: async (signInId) =>
      (await log.readAll(0, 10_000)).filter(({ stream }) => stream === `answers-${signInId}`),
    everythingWritten: async () => {
      const tables = ['events', 'streams', 'idempotency_keys'];
      const rows = await Promise.all(tables.map((table) => ownReader.query(`SELECT ${table}::text FROM ${table}`)));
      return JSON.stringify([rows, lines]);
    },
    restartPostgres: () => postgres.restart(),
    stop: async () => {
      await Promise.all(running.map((service) => service.close()));
      await Promise.all(opened.map((database) => database.close()));
      await postgres.stop();
      await rm(folder, { recursive: true });
    },
  };
}

const policies = [{ organisationId: 'practice-1', version: 3, policy: presets.healthcode }];
const relyingParty = { id: 'mfa.riverside.example', name: 'Cofactor', origins: ['https://mfa.riverside.example'] };

/** Seals as factor-enrollment does. */
async function enrol(
  secrets: FactorSecrets,
  clock: FixedClock,
  hashing: Hashing,
  type: FactorType,
  { acceptedStep = null, state, personId = newId(), fields = {}, setUp }: EnrolOptions,
): Promise<Enrolled> {
  const factor = registry.get(type);
  if (!factor) throw new Error(`${type} is not built`);
  const credentialId = newId();
  const held = () => Promise.resolve([]);
  const input = { fields, accountLabel: 'sam@riverside.example', personId, count: 10, held };
  const effects = factorEffects({ clock, hashing, randomBytes, relyingParty }, policies);
  const started: StartedFactor<unknown> = await factor.start(input, effects);
  const { hint, details } = started;
  const confirmed = setUp ? await confirm(factor, started.material, setUp, effects) : null;
  const material = confirmed?.material ?? started.material;
  const expiresAt = new Date(clock.now().getTime() + 900_000);
  await secrets.seal({ credentialId, personId, type, material: { hint, material }, blindIndex: null, expiresAt });
  if (state !== 'pending') {
    await secrets.activate(credentialId, { acceptedStep: confirmed?.evidence.use ?? acceptedStep });
  }
  return { personId, credentialId, details };
}

async function confirm(
  factor: Factor,
  material: unknown,
  answerTo: NonNullable<EnrolOptions['setUp']>,
  effects: FactorEffects,
): Promise<ConfirmedFactor<unknown>> {
  const occasion = { id: newId(), purpose: 'set-up', askedAt: effects.now } as const;
  const { details } = await factor.ask(material, occasion, effects);
  const confirmed = await factor.confirm(material, factor.answer.parse(answerTo(details)), occasion, effects);
  if (confirmed === null) throw new Error('the set-up was not confirmed');
  return confirmed;
}
