import { connectKafka, kafkaSettings } from '@cofactor/messaging';
import { eventually, sharedTestKafka, type SharedTestKafka } from '@cofactor/testkit';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { z } from 'zod';
import { Databases } from '../api/databases';
import { expectFactsRecordedOnce } from '../api/facts-and-records';
import { enrolledManager, offered, signInWith, startSignIn, typePassword, type StartedSignIn } from '../api/practice';
import { Program, type Reply } from '../api/program';
import { Installation } from '../installation';
import { partsOf, runningOf } from './operations';
import { ShiftedClocks } from './shifted-clocks';

let kafka: SharedTestKafka;
let prefix: string;
const clocks = new ShiftedClocks();
let installation: Installation;
let program: Program;
let databases: Databases;

beforeAll(async () => {
  kafka = await sharedTestKafka();
  prefix = kafka.newPrefix();
  const given = { KAFKA_BROKERS: kafka.brokers, KAFKA_TOPIC_PREFIX: prefix };
  installation = await Installation.start({ environment: { ...clocks.environment, ...given } });
  program = new Program(installation.url);
  databases = await Databases.open(installation);
}, 180_000);
afterAll(async () => {
  await databases.close();
  await installation.remove();
  await kafka.stop();
  clocks.remove();
});

const processIds = () => installation.running().services.map(({ processId }) => processId);
const recovers = (ask: () => Promise<Reply>, outcome: string) =>
  eventually(ask, (reply) => reply.outcome === outcome, 30_000);

/** A sentence for people, and when to try again; nothing of the inside. */
function expectSentence(reply: Reply): void {
  expect(reply.outcome).toBe('503 unavailable');
  expect(reply.retryAfter).toBeGreaterThan(0);
  expect(reply.text).not.toMatch(/postgres|kafka|redis|clock|challenge\b.*127|ECONN|127\.0\.0\.1| at /i);
}

const askForChallenge = (started: StartedSignIn) =>
  program.post(
    `/v1/sign-ins/${started.signInId}/challenges`,
    { credentialId: offered(started, 'recovery-code') },
    { token: started.token },
  );

describe('§6.11 clocks 90 s apart', () => {
  it.each([
    ['identity', 90, 'gateway'],
    ['challenge', -90, 'identity'],
  ] as const)(
    '%s, %i s ahead: refused, never passed; named in its log and readiness; recovers without a restart',
    async (service, seconds, caller) => {
      const { manager, recoveryCodes, token } = await enrolledManager(program);
      const started = await startSignIn(program, manager);
      const before = processIds();
      const ask = () => (service === 'identity' ? typePassword(program, manager) : askForChallenge(started));
      clocks.shift(service, seconds);
      expectSentence(await recovers(ask, '503 unavailable'));
      if (service === 'identity') expect((await program.get('/v1/session', token)).outcome).toBe('503 unavailable');
      const { port } = runningOf(installation, service);
      const differing = () => partsOf({ port }).then(({ parts }) => parts);
      const parts = await eventually(differing, (read) =>
        Object.keys(read).some((part) => part.startsWith('clock of')),
      );
      const named = Object.keys(parts).filter((part) => part.startsWith('clock of') && parts[part] === 'down');
      expect(['gateway', caller].map((name) => `clock of ${name}`)).toEqual(expect.arrayContaining(named));
      expect(installation.output).toMatch(/the clock of [a-z]+ and the one here are (8|9)\d s apart/);

      clocks.shift(service, 0);
      await recovers(ask, '201');
      expect(await signInWith(program, manager, 'recovery-code', recoveryCodes[1] ?? '')).not.toBe('');
      const agree = (read: Readonly<Record<string, string>>) => !Object.values(read).includes('down');
      await eventually(differing, agree, 20_000);
      expect(processIds()).toEqual(before);
    },
    120_000,
  );
});

describe('I3 a service that answers in 30 s', () => {
  it('costs a sentence within 10 s, then at once, and recovers by itself', async () => {
    const { manager, recoveryCodes } = await enrolledManager(program);
    const started = await startSignIn(program, manager);
    const { processId } = runningOf(installation, 'challenge');
    process.kill(processId, 'SIGSTOP');
    try {
      const waiting = await Promise.all(Array.from({ length: 6 }, () => askForChallenge(started)));
      for (const reply of waiting) {
        expectSentence(reply);
        expect(reply.milliseconds).toBeLessThan(10_000);
      }
      const spared = await eventually(
        () => askForChallenge(started),
        ({ milliseconds }) => milliseconds < 2_000,
        30_000,
      );
      expectSentence(spared);
      // What does not need it goes on.
      expect((await typePassword(program, manager)).outcome).toBe('201');
    } finally {
      process.kill(processId, 'SIGCONT');
    }
    await recovers(() => askForChallenge(started), '201');
    expect(await signInWith(program, manager, 'recovery-code', recoveryCodes[0] ?? '')).not.toBe('');
    expect(runningOf(installation, 'challenge').processId).toBe(processId);
  }, 120_000);
});

describe('I3 PostgreSQL without connections to give', () => {
  const passwords = z.looseObject({ superuser: z.string() });
  const announced = z.looseObject({ identity: z.object({ url: z.string() }) });

  async function asSuperuser(statements: readonly string[]): Promise<void> {
    const read = (file: string): unknown => JSON.parse(readFileSync(join(installation.home, file), 'utf8'));
    const { host } = new URL(announced.parse(read('run/databases.json')).identity.url);
    const { superuser } = passwords.parse(read('keys/databases.json'));
    const client = new Client(`postgres://cofactor_owner:${encodeURIComponent(superuser)}@${host}/postgres`);
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }

  it.each(['identity', 'challenge'])(
    '%s: sentences meanwhile, and it recovers by itself',
    async (service) => {
      const { manager, recoveryCodes } = await enrolledManager(program);
      const started = await startSignIn(program, manager);
      const ask = () => (service === 'identity' ? typePassword(program, manager) : askForChallenge(started));
      const before = processIds();
      await asSuperuser([
        `ALTER ROLE ${service} CONNECTION LIMIT 0`,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${service}'`,
      ]);
      try {
        expectSentence(await ask());
        expectSentence(await ask());
        const { status, parts } = await partsOf(runningOf(installation, service));
        expect([status, parts.database]).toEqual([503, 'down']);
      } finally {
        await asSuperuser([`ALTER ROLE ${service} CONNECTION LIMIT -1`]);
      }
      await recovers(ask, '201');
      expect(await signInWith(program, manager, 'recovery-code', recoveryCodes[0] ?? '')).not.toBe('');
      expect(processIds()).toEqual(before);
    },
    120_000,
  );
});

describe('I1 Kafka that lost something', () => {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

  async function asAdministrator(
    work: (admin: ReturnType<ReturnType<typeof connectKafka>['admin']>) => Promise<unknown>,
  ) {
    const admin = connectKafka(kafkaSettings.parse({ KAFKA_BROKERS: kafka.brokers }), 'faults', silent).admin();
    await admin.connect();
    await work(admin);
    await admin.disconnect();
  }

  async function complete(): Promise<void> {
    await databases.settled(60_000);
    await expectFactsRecordedOnce(databases);
  }

  it('a topic deleted while everything runs: the audit holds every fact once', async () => {
    const { manager, recoveryCodes } = await enrolledManager(program);
    await asAdministrator((admin) => admin.deleteTopics({ topics: [`${prefix}challenge`, `${prefix}identity`] }));
    await signInWith(program, manager, 'recovery-code', recoveryCodes[0] ?? '');
    await complete();
  }, 150_000);

  it('consumer groups deleted, and one set back to the beginning: nothing is lost, and nobody is told twice', async () => {
    const { manager, app } = await enrolledManager(program);
    await databases.idle();
    const told = async () =>
      (await databases.facts('notification')).filter(({ type }) => type === 'message.sent').length;
    const before = await told();
    await databases.close();
    await installation.stop();
    await asAdministrator(async (admin) => {
      await admin.deleteGroups([`${prefix}audit`, `${prefix}identity`]);
      await admin.resetOffsets({
        groupId: `${prefix}notification`,
        topic: `${prefix}factor-enrollment`,
        earliest: true,
      });
    });
    await installation.start();
    databases = await Databases.open(installation);
    // With the app: of a recovery code that is used, the person is told.
    await signInWith(program, manager, 'totp', await app.freshCode());
    await complete();
    await databases.idle();
    expect(await told()).toBe(before);
  }, 240_000);
});
