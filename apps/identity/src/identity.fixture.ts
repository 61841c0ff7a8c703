import {
  DomainError,
  identityOperations,
  presets,
  type CallContext,
  type ClientOf,
  type EventData,
  type Fact,
  type OrganisationRole,
  type Preset,
  type Proof,
  type factorEnrollmentOperations,
} from '@cofactor/contracts';
import { Database, migrate, PostgresFactLog } from '@cofactor/event-store';
import {
  Contacts,
  FileMasterKey,
  grantVaultRights,
  Passwords,
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
  OPERATIONS,
  type OperationServer,
  Signer,
  SigningKeys,
  Sweeper,
  Verifier,
} from '@cofactor/service-kit';
import { fixedClock, startTestPostgres } from '@cofactor/testkit';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinkSender } from './adapters/mails-to-added';
import { PasswordSessions } from './adapters/password-sessions';
import { SharingSigns } from './adapters/sharing-signs';
import { identityMigrations, IdentityModule } from './app.module';
import { LeftPeople } from './adapters/left-people';
import { EndSessionsWhenLastPracticeLeft } from './reactions/end-sessions.when-last-practice-left';
import { SuspectSharingWhenAccountsChange } from './reactions/suspect-sharing.when-accounts-change';
import { EndPasswordSessionsWhenFirstFactorEnrolled } from './reactions/end-password-sessions.when-first-factor-enrolled';

type Holdings = Awaited<ReturnType<ClientOf<typeof factorEnrollmentOperations>['factorsOf']>>;

type WaitingReset = Awaited<
  ReturnType<ClientOf<typeof factorEnrollmentOperations>['listWaitingResets']>
>['resets'][number];

export const password = 'correct horse battery staple';
/** What the dummy hash was made of, which nobody knows elsewhere. */
export const dummySecret = 'd'.repeat(32);
export const nothingHeld: Holdings = { factors: [], recoveryCodes: null, setUpOpen: true };
export const theAppHeld: Holdings = {
  factors: [
    {
      credentialId: 'app-1',
      type: 'totp',
      name: 'Authenticator app',
      hint: 'Authenticator app',
      role: 'default',
      addedAt: '2026-03-02T08:00:00.000Z',
    },
  ],
  recoveryCodes: { credentialId: 'codes-1', count: 10 },
  setUpOpen: false,
};

const factorEnrolled = (personId: string, at: string, enrolled: Partial<EventData<'factor.enrolled'>>): Fact => ({
  id: `enrolled-by-${personId}`,
  service: 'factor-enrollment',
  position: 1,
  epoch: 1,
  stream: `factors-${personId}`,
  version: 2,
  type: 'factor.enrolled',
  schemaVersion: 2,
  at,
  envelope: {
    organisationIds: ['practice-1'],
    actor: { kind: 'person', id: personId },
    subject: { kind: 'person', id: personId },
    origin: { requestId: 'request-2', traceparent: null, sealed: null, sealedFor: personId },
    policyVersion: 1,
  },
  data: {
    enrolmentId: 'enrolment-1',
    credentialId: 'app-1',
    type: 'totp',
    name: 'Authenticator app',
    hint: 'Authenticator app',
    role: 'default',
    acceptedStep: 1,
    authority: null,
    ...enrolled,
  },
});

/** What support records before a reset. */
export const checklist = [
  { step: 'call-back', label: 'Call the person back', required: true },
  { step: 'document', label: 'See a document', required: false },
];

export const contextOf = (change: Partial<CallContext> = {}): CallContext => ({
  requestId: 'request-1',
  traceparent: null,
  source: { ip: '192.0.2.10', userAgent: 'a browser' },
  idempotencyKey: null,
  ...change,
});

async function openRoles(url: string): Promise<void> {
  const owner = await Database.open({ name: 'roles', url, poolSize: 1 });
  await owner.query('CREATE ROLE application');
  await owner.close();
}

/** Identity as it runs anywhere, on a real PostgreSQL, with a clock that the test moves. */
export async function startIdentity(registration: 'open' | 'operator' = 'open') {
  const postgres = await startTestPostgres();
  const [{ url }, { url: vaultUrl }] = await Promise.all([postgres.createDatabase(), postgres.createDatabase()]);
  await openRoles(url);
  await migrate({ name: 'identity', ownerUrl: url, migrations: identityMigrations, applicationRole: 'application' });
  await migrate({ name: 'vault', ownerUrl: vaultUrl, migrations: vaultMigrations, applicationRole: 'application' });
  const database = await Database.open({ name: 'identity', url, poolSize: 8 });
  const vault = await Database.open({ name: 'vault', url: vaultUrl, poolSize: 4 });
  const service = 'application';
  await grantVaultRights(vault, {
    identity: service,
    factorEnrollment: service,
    challenge: service,
    notification: service,
    audit: service,
  });
  const folder = await mkdtemp(join(tmpdir(), 'cofactor-identity-'));
  const masterKey = await FileMasterKey.create(join(folder, 'master.json'));
  const clock = fixedClock('2026-03-02T09:00:00.000Z');
  const vaultParts = { database: vault, masterKey, keyedHashes: masterKey, clock };
  const keys = {
    identity: generateSigningKey('identity-1'),
    challenge: generateSigningKey('challenge-1'),
    'factor-enrollment': generateSigningKey('factor-enrollment-1'),
  };
  /** Null: factor-enrollment does not answer. */
  const holdings: { now: Holdings | null } = { now: nothingHeld };
  /** Of single people, where they differ from the rest. */
  const holdingsOf = new Map<string, Holdings>();
  /** What factor-enrollment has waiting for an approval. */
  const waiting: WaitingReset[] = [];
  /** What notification was asked to send, and what it answers. */
  const mailing: { sent: Parameters<LinkSender['sendLink']>[0][]; answer: 'sent' | 'delayed' | DomainError } = {
    sent: [],
    answer: 'sent',
  };
  /** How many people each question about many named. */
  const asked: number[] = [];
  const heldBy = (personId: string): Promise<Holdings> => {
    const held = holdings.now && (holdingsOf.get(personId) ?? holdings.now);
    return held ? Promise.resolve(held) : Promise.reject(new DomainError('unavailable'));
  };
  const summaryOf = async (personId: string) => {
    const { factors, recoveryCodes, setUpOpen } = await heldBy(personId);
    return { personId, types: factors.map(({ type }) => type), recoveryCodes: recoveryCodes !== null, setUpOpen };
  };
  const contacts = new Contacts(vaultParts);
  const passwords = new Passwords(vaultParts);
  const hashing = await Hashing.create({ concurrency: 2, waiting: 100 }, () => Buffer.from(dummySecret));
  const module = IdentityModule.register({
    logger: createLogger('identity', 'silent'),
    metrics: new Metrics('identity'),
    clock,
    randomBytes,
    database,
    contacts,
    passwords,
    personalFields: new PersonalFields(vaultParts),
    keyedHashes: masterKey,
    hashing,
    signer: new Signer('identity', await SigningKeys.of([keys.identity])),
    verifier: new Verifier('identity', await KeyRing.load(keys)),
    factorEnrollment: {
      factorsOf: ({ personId }) => heldBy(personId),
      factorsOfMany: async ({ personIds }) => {
        asked.push(personIds.length);
        return { people: await Promise.all(personIds.map(summaryOf)) };
      },
      listWaitingResets: () => Promise.resolve({ resets: [...waiting] }),
      readWaitingReset: ({ resetId }) => {
        const found = waiting.find((reset) => reset.resetId === resetId);
        return found ? Promise.resolve(found) : Promise.reject(new DomainError('not-found'));
      },
    },
    notification: {
      sendLink: (mail) => {
        if (mailing.answer instanceof DomainError) return Promise.reject(mailing.answer);
        mailing.sent.push(mail);
        return Promise.resolve({ delivery: mailing.answer });
      },
    },
    firstPasswordDays: 7,
    builtFactors: ['totp', 'recovery-code'],
    registration,
    supportChecklist: checklist,
  });
  const provided = module.providers?.find((provider) => 'provide' in provider && provider.provide === OPERATIONS);
  // The module provides its operations as a value; without Nest around it they are taken from there.
  const server = (provided as { useValue: OperationServer }).useValue;
  const identity = inProcessClient(identityOperations, () => server);
  const sweeping = module.providers?.find((provider) => 'provide' in provider && provider.provide === Sweeper);
  const log = new PostgresFactLog({ database, service: 'identity' });
  const signers = {
    challenge: new Signer('challenge', await SigningKeys.of([keys.challenge])),
    'factor-enrollment': new Signer('factor-enrollment', await SigningKeys.of([keys['factor-enrollment']])),
  };
  const proofBy = (service: keyof typeof signers, proof: Partial<Proof> & Pick<Proof, 'authority' | 'personId'>) =>
    signers[service].proof(
      {
        purpose: service === 'challenge' ? 'second-factor' : 'factor-set-up',
        proofId: 'challenge-1',
        credentialId: 'app-1',
        factorType: 'totp',
        amr: ['otp'],
        at: clock.now().toISOString(),
        ...proof,
      },
      'identity',
    );
  let people = 0;
  return {
    identity,
    /** What commands at the machine are told of it. */
    environment: {
      DATABASE_URL: url,
      VAULT_DATABASE_URL: vaultUrl,
      COFACTOR_VAULT_KEYS: join(folder, 'master.json'),
    },
    database,
    vault,
    contacts,
    passwords,
    hashing,
    clock,
    holdings,
    holdingsOf,
    mailing,
    waiting,
    asked,
    /** The facts so far, by type. */
    facts: async () => log.readAll(0, 10_000),
    /** A proof as the service that checked it signs it. */
    proofBy,
    /** What happens at each start and every ten minutes. */
    sweep: async () => {
      const sweeper = (sweeping as { useFactory: () => Sweeper }).useFactory();
      sweeper.onApplicationBootstrap();
      await sweeper.onApplicationShutdown();
    },
    /** What the bus brings of factor-enrollment: a factor that was added by this person, now. */
    factorEnrolled: async (personId: string, enrolled: Partial<EventData<'factor.enrolled'>>) => {
      const provider = module.providers?.find((one) => 'provide' in one && one.provide === PasswordSessions);
      const { useValue: sessions } = provider as { useValue: PasswordSessions };
      await new EndPasswordSessionsWhenFirstFactorEnrolled(sessions).handle(
        factorEnrolled(personId, clock.now().toISOString(), enrolled),
      );
    },
    /** What the bus brings of what was noticed: every fact of identity so far, and these of others. */
    noticeSharing: async (others: readonly Fact[] = []) => {
      const provider = module.providers?.find((one) => 'provide' in one && one.provide === SharingSigns);
      const reaction = new SuspectSharingWhenAccountsChange((provider as { useValue: SharingSigns }).useValue);
      for (const fact of [...(await log.readAll(0, 10_000)), ...others]) {
        if (fact.type === 'person.joined-organisation') await reaction.whenJoined(fact);
        if (fact.type === 'organisation.policy-changed') await reaction.whenNamesChanged(fact);
        if (fact.type === 'session.started') await reaction.whenSignedIn(fact);
        if (fact.type === 'factor.held-by-several') await reaction.whenHeldBySeveral(fact);
      }
    },
    /** What the bus brings of a removal, where the sessions have not ended with it. */
    personLeft: async (left: Fact) => {
      const provider = module.providers?.find((one) => 'provide' in one && one.provide === LeftPeople);
      const { useValue: people } = provider as { useValue: LeftPeople };
      await new EndSessionsWhenLastPracticeLeft(people).handle(left);
    },
    /** A new practice with its manager. */
    practice: async (preset: Preset = 'healthcode', email = `amara-${++people}@practice.example`) => {
      const manager = { name: 'Dr Amara Okafor', email, password };
      const created = await identity.createOrganisation({ name: 'High Street', preset, manager }, contextOf());
      return { ...created, email };
    },
    /** Makes someone who is registered already a person of this practice too. */
    join: (personId: string, organisationId: string, roles: readonly OrganisationRole[]) =>
      database.query('INSERT INTO memberships (person_id, organisation_id, roles) VALUES ($1, $2, $3)', [
        personId,
        organisationId,
        roles,
      ]),
    /** A session that rests on the password and the app, of someone who holds it from now on. */
    signedInWithApp: async ({ personId, email }: { personId: string; email: string }): Promise<string> => {
      holdingsOf.set(personId, theAppHeld);
      const { signInId, token } = await identity.startSignIn({ email, password }, contextOf());
      const authority = { kind: 'sign-in', id: signInId } as const;
      const proof = await proofBy('challenge', { authority, personId });
      return (await identity.acceptProof({ token, proof }, contextOf())).token ?? '';
    },
    stop: async () => {
      await Promise.all([database.close(), vault.close()]);
      await postgres.stop();
      await rm(folder, { recursive: true });
    },
  };
}

export const sessionLimits = presets.healthcode.session;
