import { publicApi } from '@cofactor/contracts';
import { connectKafka, kafkaSettings } from '@cofactor/messaging';
import { eventually } from '@cofactor/testkit';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { silent } from '../api/dead-letters';
import { enrolApp, newEmail, newPractice, startSignIn } from '../api/practice';
import { Program } from '../api/program';
import { partsOf } from './operations';
import { backServices, ProductionServices, thisRelease, type ServiceName } from './production-services';
import { ServiceProgram } from './service-program';

let services: ProductionServices;
beforeAll(async () => {
  services = await ProductionServices.prepare();
}, 150_000);
afterAll(() => services.remove());

/** One sentence for whoever starts it, and the exit code 1. */
async function refusal(
  service: ServiceName,
  changed: Readonly<Record<string, string>>,
  without: readonly string[] = [],
): Promise<string> {
  const { code, said } = await services.startAndEnd(service, changed, without);
  const sentences = said.split('\n').filter((line) => line !== '' && !line.startsWith('{"level":'));
  expect([service, code, sentences]).toEqual([service, 1, [expect.stringMatching(/^.+[.]$/)]]);
  return sentences.join('');
}

/** A password that nobody gave anybody. */
const withWrongPassword = (address: string): string => {
  const url = new URL(address);
  url.password = 'wrong-canary-password';
  return url.href;
};

describe('what is not ready for a service is one sentence', () => {
  it('a database without tables, and the command that makes them', async () => {
    expect(await refusal('identity', {})).toContain('DATABASE_URL: tables are missing there');
    await services.migrate('identity');
    expect(await refusal('identity', {})).toContain('VAULT_DATABASE_URL: tables are missing there');
    await services.migrateAll();
  }, 120_000);

  it.each(['DATABASE_URL', 'VAULT_DATABASE_URL'])('a wrong password in %s, which is not repeated', async (name) => {
    const changed = { [name]: withWrongPassword(services.environmentOf('challenge')[name] ?? '') };
    const said = await refusal('challenge', changed);
    expect(said).toBe(`${name}: the database cannot be used (the password or the role is wrong).`);
  });

  it('a key file that is not there', async () => {
    const path = services.secret('keys/nobody.json');
    expect(await refusal('audit', { COFACTOR_VAULT_KEYS: path })).toContain(`There is no key file at ${path}`);
    const signing = await refusal('audit', { COFACTOR_SIGNING_KEYS: path });
    expect(signing).toBe('COFACTOR_SIGNING_KEYS: the file cannot be used: it is not there.');
  });

  it.each([
    ['identity', 'PORT'],
    ['gateway', 'PORT'],
    ['gateway', 'COFACTOR_INTERNAL_PORT'],
  ] as const)('%s: a taken %s', async (service, name) => {
    const other = createServer().listen(Number(services.environmentOf(service)[name]), '0.0.0.0');
    await once(other, 'listening');
    try {
      const port = services.environmentOf(service)[name] ?? '';
      expect(await refusal(service, { COFACTOR_LISTEN: '0.0.0.0' })).toContain(`Port ${port} is already in use`);
    } finally {
      other.close();
    }
  });

  it.each([
    ['challenge', 'REDIS_URL'],
    ['gateway', 'REDIS_URL'],
    ['audit', 'KAFKA_BROKERS'],
    ['notification', 'MAIL_FROM'],
  ] as const)('%s without %s', async (service, name) => {
    expect(await refusal(service, {}, [name])).toContain(`${name}: `);
  });
});

describe('production mode refuses by name', () => {
  const mode = 'COFACTOR_MODE=production does not start with';

  it.each([...backServices, 'gateway'] as const)('%s: keys of a first start', async (service) => {
    const made = readFileSync(services.secret(`keys/${service}/signing-keys.json`), 'utf8');
    const path = services.secret(`keys/${service}/first-start.json`);
    writeFileSync(path, made.replaceAll(/"kid": "/g, '"kid": "first-start-'), { mode: 0o600 });
    const said = await refusal(service, { COFACTOR_SIGNING_KEYS: path });
    expect(said).toBe(`${mode} signing keys of a first start (make your own).`);
  });

  it('notification: the local outbox', async () => {
    expect(await refusal('notification', {}, ['SMTP_URL'])).toContain(`${mode} the local outbox for mail`);
  });

  it('identity: open registration', async () => {
    expect(await refusal('identity', { COFACTOR_REGISTRATION: 'open' })).toContain(`${mode} open registration`);
  });

  it.each([
    ['identity', 'DATABASE_URL', 'identity'],
    ['audit', 'DATABASE_URL', 'audit'],
    ['challenge', 'VAULT_DATABASE_URL', 'vault'],
  ] as const)('%s: a superuser, or the owner of the tables, in %s', async (service, name, database) => {
    const owner = services.urlIn(`${database}-migrations-database-url`);
    expect(await refusal(service, { [name]: owner })).toContain(`${mode} ${name} under the owner of the tables`);
    const superuser = services.superuserUrl(database);
    expect(await refusal(service, { [name]: superuser })).toContain(`${mode} ${name} under a superuser`);
  });

  it('§6.11 a topic that forgets, in which a restore would not find what was destroyed', async () => {
    const prefix = `forgetful-${randomUUID().slice(0, 8)}.`;
    const { KAFKA_BROKERS } = services.environmentOf('challenge');
    const kafka = connectKafka(kafkaSettings.parse({ KAFKA_BROKERS }), 'somebody else', silent);
    const admin = kafka.admin();
    await admin.connect();
    const configEntries = [{ name: 'retention.ms', value: '604800000' }];
    await admin.createTopics({ topics: [{ topic: `${prefix}challenge`, numPartitions: 3, configEntries }] });
    await admin.disconnect();
    const said = await refusal('challenge', { KAFKA_TOPIC_PREFIX: prefix });
    expect(said).toContain(`the topic ${prefix}challenge forgets facts (retention.ms is 604800000, not -1)`);
  });

  it.each([
    ['services', 'npm run services'],
    ['standalone', 'the embedded PostgreSQL'],
  ])('apps/%s, which makes its keys by itself: %s', async (app, named) => {
    const program = join(thisRelease, 'apps', app, 'dist/main.js');
    const { code, said } = await ServiceProgram.end(program, { COFACTOR_MODE: 'production' });
    expect([code, said]).toEqual([1, expect.stringContaining(`${mode} ${named}`)]);
  });
});

describe('production mode with real parts', () => {
  let program: Program;
  beforeAll(async () => {
    await services.migrateAll();
    await Promise.all([...backServices, 'gateway' as const].map((service) => services.start(service)));
    program = new Program(services.url);
    await eventually(
      () => program.send('GET', '/health/ready'),
      ({ status }) => status === 200,
      60_000,
    );
  }, 150_000);

  it('shows no outbox', async () => {
    for (const path of ['/dev/outbox', '/dev/outbox.json']) {
      expect((await program.send('GET', path)).outcome).toBe('404 not-found');
    }
  });

  it('npm run operator: the operator signs in, sets up an app and creates the first practice; nobody else can', async () => {
    const practice = newPractice('healthcode', newEmail());
    expect((await program.post('/v1/organisations', practice)).outcome).toBe('403 registration-closed');

    const email = newEmail();
    const shown = /^ {2}(\S+)$/m.exec(await services.operator(email))?.[1] ?? '';
    const reply = await program.post('/v1/sign-ins', { email, password: shown });
    const { token: unproven = '', next } = reply.as(publicApi.startSignIn);
    expect(next).toMatchObject({ step: 'set-up', allowed: ['totp', 'webauthn'] });
    const early = await program.post('/v1/organisations', practice, { token: unproven });
    expect(early.outcome).toBe('403 set-up-required');
    const { token, app } = await enrolApp(program, unproven, shown);
    expect((await app.freshCode()).length).toBe(6);
    const created = await program.post('/v1/organisations', practice, { token });
    const { organisationId, personId } = created.as(publicApi.createOrganisation);

    const { email: managerEmail, password } = practice.manager;
    const manager = { organisationId, personId, email: managerEmail, password };
    const started = await startSignIn(program, manager);
    const enrolled = await enrolApp(program, started.token);
    const another = newPractice('healthcode', newEmail());
    const refused = await program.post('/v1/organisations', another, { token: enrolled.token });
    expect(refused.outcome).toBe('403 registration-closed');
    await eventually(
      () => services.mail.arrived,
      (mails) => mails.some((mail) => mail.includes(managerEmail) && mail.includes('sign-in method')),
      50_000,
    );
  }, 120_000);

  it('a replica calls itself ready only when it knows the keys of its callers, or that they cannot be had', async () => {
    let answered = 0;
    const slow = createHttpServer((_request, response) => {
      setTimeout(() => response.end(JSON.stringify({ keys: [] }), () => (answered += 1)), 1_200);
    }).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const address = slow.address();
    if (address === null || typeof address === 'string') throw new Error('it has a port');
    const from = { COFACTOR_IDENTITY_URL: `http://127.0.0.1:${address.port}`, PORT: '0' };
    const replica = await services.start('challenge', { ...from, COFACTOR_GATEWAY_URL: 'http://127.0.0.1:1' });
    expect(answered).toBe(1);
    await replica.stop();
    slow.close();
  });

  it('without Redis and Kafka a service starts, and names in /health/ready what is missing', async () => {
    const nowhere = { KAFKA_BROKERS: '127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1', PORT: '0' };
    const alone = await services.start('challenge', nowhere);
    const port = Number(/is ready on port (\d+)/.exec(alone.said)?.[1]);
    const { status, parts } = await partsOf({ port });
    const down = Object.keys(parts).filter((part) => parts[part] === 'down');
    expect([status, down.sort()]).toEqual([200, ['redis', 'relay']]);
    await alone.stop();
  });
});
