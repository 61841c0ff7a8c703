import { connectKafka, kafkaSettings } from '@cofactor/messaging';
import { eventually } from '@cofactor/testkit';
import { Client } from 'pg';
import { silent } from '../api/dead-letters';
import { answer, enrolApp, newEmail, signInWith, startSignIn, type Manager } from '../api/practice';
import { Program } from '../api/program';
import { backServices, ProductionServices, type ServiceName } from './production-services';

jest.setTimeout(300_000);

const databases = ['identity', 'factor_enrollment', 'challenge', 'notification', 'audit', 'vault'] as const;
type DatabaseName = (typeof databases)[number];

let services: ProductionServices;
let program: Program;
/** An operator with an app, and codes of which the tests spend one after another. */
let person: Manager;
let codes: readonly string[];
beforeAll(async () => {
  services = await ProductionServices.prepare();
  await services.migrateAll();
  program = new Program(services.url);
  await startAll();
});
afterAll(() => services.remove());

/** Answers what the audit said at its start. */
async function startAll(): Promise<string> {
  const others = [...backServices, 'gateway' as const].filter((service) => service !== 'audit');
  const [audit] = await Promise.all([services.start('audit'), ...others.map((service) => services.start(service))]);
  await eventually(
    () => program.send('GET', '/health/ready'),
    ({ status }) => status === 200,
    60_000,
  );
  return audit.said;
}

const kafkaAway = { KAFKA_BROKERS: '127.0.0.1:1' };

/** Each service with a log runs, says what it waits for, and answers nothing; so does whoever asks it for people. */
async function expectToWaitForKafka(): Promise<void> {
  const waiting = ['identity', 'factor-enrollment', 'challenge'] as const;
  await Promise.all([
    services.start('gateway'),
    ...waiting.map((service) => services.start(service, kafkaAway, 'nothing is served until it does')),
  ]);
  for (const service of waiting) {
    const at = new Program(`http://127.0.0.1:${services.ports[service]}`);
    expect((await at.send('GET', '/health/live')).status).toBe(200);
    const ready = await at.send('GET', '/health/ready');
    expect([ready.status, ready.text]).toEqual([503, '{"status":"down","parts":{"kafka":"down"}}']);
    const refused = await at.post('/operations/anything', {});
    expect([refused.status, refused.retryAfter]).toEqual([503, 2]);
  }
  const { email, password } = person;
  expect((await program.post('/v1/sign-ins', { email, password })).outcome).toBe('503 unavailable');
  await services.stopAll();
}

async function rows(database: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client(services.superuserUrl(database));
  await client.connect();
  return client
    .query<Record<string, unknown>>(sql)
    .then((result) => result.rows)
    .finally(() => client.end());
}

const secretsOf = (credentialId: string) =>
  rows('vault', `SELECT FROM factor_secret WHERE credential_id = '${credentialId}'`);
const spent = async (code: string) =>
  (await answer(program, await startSignIn(program, person), 'recovery-code', code)).outcome;

const copyOf = (database: DatabaseName): string => `${database}_backup`;

/** A copy of every database, as pg_dump makes it: as of one instant, while nothing runs. All of it goes on then. */
async function backUp(): Promise<void> {
  await services.stopAll();
  for (const database of databases) {
    await rows('postgres', `DROP DATABASE IF EXISTS ${copyOf(database)}`);
    await rows('postgres', `CREATE DATABASE ${copyOf(database)} TEMPLATE ${database} OWNER owner`);
  }
  await startAll();
}

async function bringBack(names: readonly DatabaseName[]): Promise<void> {
  await services.stopAll();
  for (const database of names) {
    await rows('postgres', `DROP DATABASE ${database}`);
    await rows('postgres', `CREATE DATABASE ${database} TEMPLATE ${copyOf(database)} OWNER owner`);
  }
  await services.provision();
}

/** Whatever was committed is in Kafka. */
async function published(): Promise<void> {
  for (const database of ['factor_enrollment', 'challenge'] as const) {
    await eventually(
      () => rows(database, 'SELECT FROM relay, log_head WHERE relay.position = log_head.position'),
      ({ length }) => length === 1,
      30_000,
    );
  }
}

async function expectRefused(service: ServiceName): Promise<void> {
  const { code, said } = await services.startAndEnd(service, {});
  expect([code, said]).toEqual([1, expect.stringContaining('run "npm run after-restore" first.')]);
}

async function expectNothingChanged(reason: string, changed: Readonly<Record<string, string>> = {}): Promise<void> {
  const { code, said } = await services.afterRestore(changed);
  expect([code, said]).toEqual([1, expect.stringContaining(reason)]);
}

/** A message that no service has written. */
async function sendNoFact(): Promise<void> {
  const { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX } = services.environmentOf('challenge');
  const producer = connectKafka(kafkaSettings.parse({ KAFKA_BROKERS }), 'somebody else', silent).producer();
  await producer.connect();
  await producer.send({ topic: `${KAFKA_TOPIC_PREFIX}challenge`, messages: [{ value: 'no fact' }] });
  await producer.disconnect();
}

async function expectPrepared(...lines: readonly string[]): Promise<void> {
  const { code, said } = await services.afterRestore();
  for (const line of [...lines, 'Ready to start.']) expect(said).toContain(line);
  expect(code).toBe(0);
}

it('§6.12 production: what was revoked or spent after a backup stays dead, and nothing serves before that is so', async () => {
  const email = newEmail();
  const password = /^ {2}(\S+)$/m.exec(await services.operator(email))?.[1] ?? '';
  person = { email, password, organisationId: '', personId: '' };
  const kept = await enrolApp(program, (await startSignIn(program, person)).token, password);
  const spare = await enrolApp(program, kept.token, password);
  codes = kept.recoveryCodes;
  // Before the backup too, so that no log is empty.
  await signInWith(program, person, 'recovery-code', codes.at(-1) ?? '');
  const [first = '', second = '', third = ''] = codes;
  await backUp();

  const removal = await program.send('DELETE', `/v1/me/factors/${spare.credentialId}`, { token: spare.token });
  expect(removal.outcome).toBe('204');
  const session = await signInWith(program, person, 'recovery-code', first);
  await published();
  await expectNothingChanged('stop the services first.');
  await bringBack(databases);

  await expectToWaitForKafka();
  for (const service of ['factor-enrollment', 'challenge'] as const) await expectRefused(service);
  await expectNothingChanged('Kafka does not answer', kafkaAway);
  await expectRefused('challenge');
  await sendNoFact();
  const passedOver = 'challenge: 1 messages of its topic are no facts, and were passed over.';
  await expectPrepared(passedOver, 'factor-enrollment: 1 facts', 'challenge: 1 facts');
  await startAll();

  expect((await program.get('/v1/session', session)).status).toBe(401);
  const { next } = await startSignIn(program, person);
  expect(JSON.stringify(next)).toContain(kept.credentialId);
  expect(JSON.stringify(next)).not.toContain(spare.credentialId);
  expect(await spent(first)).toBe('401 code-already-used');

  // One database alone is older than the others, and than what Kafka has of it.
  await published();
  await backUp();
  await signInWith(program, person, 'recovery-code', second);
  await published();
  await bringBack(['challenge']);
  await expectRefused('challenge');
  await expectPrepared('factor-enrollment: 0 facts', 'challenge: 1 facts');
  await startAll();
  for (const code of [first, second]) expect(await spent(code)).toBe('401 code-already-used');
  expect(await spent(third)).toBe('200');

  // Nothing was lost on the way to the others, or done twice.
  const [{ passed } = {}] = await rows(
    'challenge',
    "SELECT count(*) AS passed FROM events WHERE type = 'challenge.passed'",
  );
  expect(passed).toBe('4');
  await eventually(
    () => rows('audit', "SELECT FROM audit_log WHERE record LIKE '%challenge.passed%'"),
    ({ length }) => length === 4,
    30_000,
  );
  for (const consumer of ['audit', 'notification', 'identity']) {
    expect(await rows(consumer, 'SELECT stream, version FROM dead_letters')).toEqual([]);
  }

  // Kafka knew the log to be whole: now nothing needs it, and what is dead stays so.
  await services.stopAll();
  await Promise.all([services.start('gateway'), ...backServices.map((service) => services.start(service, kafkaAway))]);
  for (const code of [first, second, third]) expect(await spent(code)).toBe('401 code-already-used');
});

it('§6.12 production: an older audit catches up; an older vault is refused until what was destroyed is gone from it', async () => {
  const [, , , fourth = '', fifth = ''] = codes;
  const session = await signInWith(program, person, 'recovery-code', fourth);
  const spare = await enrolApp(program, session, person.password);
  await backUp();
  const removal = await program.send('DELETE', `/v1/me/factors/${spare.credentialId}`, { token: spare.token });
  expect(removal.outcome).toBe('204');
  await published();

  await bringBack(['audit']);
  expect(await startAll()).toContain('it takes in again what Kafka has since');
  await eventually(
    () => rows('audit', `SELECT FROM audit_log WHERE record LIKE '%${spare.credentialId}%factor.revoked%'`),
    ({ length }) => length === 1,
    30_000,
  );

  await bringBack(['vault']);
  expect(await secretsOf(spare.credentialId)).toHaveLength(1);
  for (const service of ['identity', 'audit'] as const) await expectRefused(service);
  await expectPrepared('factor-enrollment: 0 facts', 'challenge: 0 facts');
  expect(await secretsOf(spare.credentialId)).toEqual([]);
  await startAll();
  expect([await spent(fourth), await spent(fifth)]).toEqual(['401 code-already-used', '200']);
});
