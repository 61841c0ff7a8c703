/* What docker-compose.yml does before the services start, on a real PostgreSQL and a real Kafka. */
const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Client } = require('pg');
const { kafkaProgram } = require('@cofactor/local-servers');
const { connectKafka, kafkaSettings } = require('@cofactor/messaging');
const { describeWithKafka, eventually, startTestPostgres } = require('@cofactor/testkit');
const { databases } = require('../infra/processes.cjs');
const compose_ = require('./compose-file.cjs');

const root = join(__dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'cofactor-provisioning-'));
const secrets = join(folder, 'secrets');
let compose;

beforeAll(() => {
  const env = { ...process.env, COFACTOR_SECRETS: secrets, COFACTOR_ENV: join(folder, 'env') };
  const { status, stderr } = spawnSync(process.execPath, ['infra/docker/make-secrets.mjs'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  compose = compose_.readComposeFile(compose_.readVariables(env.COFACTOR_ENV));
});
afterAll(() => rmSync(folder, { recursive: true }));

const environmentOf = (name) => compose_.environmentIn(compose, compose.services[name], secrets);

describe('PostgreSQL', () => {
  let postgres;
  let server;
  beforeAll(async () => {
    postgres = await startTestPostgres();
    server = new URL(postgres.superuserUrl('postgres'));
  });
  afterAll(() => postgres.stop());

  /** The same address on the server of this test. */
  function here(text) {
    const url = new URL(text);
    url.host = server.host;
    return url.href;
  }

  /** Runs a program as its container does, and answers how it ended and what it said. */
  function run(program, environment) {
    const env = { PATH: process.env.PATH, ...environment };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { cwd: root, env, encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  }

  const provision = (changed = {}) =>
    run('infra/postgres/provision.mjs', {
      ...environmentOf('provision'),
      PROVISIONING_DATABASE_URL: server.href,
      ...changed,
    });
  const places = databases.map((database) => database.replaceAll('-', '_'));

  async function mayConnect(url) {
    const client = new Client({ connectionString: here(url) });
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end();
    }
  }

  it('gets its roles and databases, as often as it is told to', () => {
    const there = { status: 0, said: 'The roles and databases are there.\n' };
    expect([provision(), provision()]).toEqual([there, there]);
  });

  it('lets each application role into its own database and the vault, and the owner into all', async () => {
    const open = {};
    for (const service of databases.filter((database) => database !== 'vault')) {
      const { DATABASE_URL } = environmentOf(service);
      for (const place of places) {
        const url = new URL(DATABASE_URL);
        url.pathname = `/${place}`;
        if (await mayConnect(url.href)) open[service] = [...(open[service] ?? []), place];
      }
    }
    const own = (service) => [service, [service.replaceAll('-', '_'), 'vault']];
    expect(open).toEqual(Object.fromEntries(databases.filter((database) => database !== 'vault').map(own)));
    for (const database of databases) {
      expect(await mayConnect(environmentOf(`migrate-${database}`).MIGRATIONS_DATABASE_URL)).toBe(true);
    }
  });

  it.each(databases)('gets the tables of %s by its migrations, which can be run again', (database) => {
    const [, program] = compose.services[`migrate-${database}`].command;
    const path = program.replace(/^service\//, `apps/${database}/`);
    const url = here(environmentOf(`migrate-${database}`).MIGRATIONS_DATABASE_URL);
    for (const time of ['first', 'second']) {
      const { status, said } = run(path, { MIGRATIONS_DATABASE_URL: url });
      expect([time, status, said]).toEqual([time, 0, expect.stringMatching(/is up to date\.\n$/)]);
    }
  });

  it('changes a password that was rotated, and the old one is no use', async () => {
    const before = environmentOf('challenge').DATABASE_URL;
    const env = { ...process.env, COFACTOR_SECRETS: secrets };
    expect(spawnSync(process.execPath, ['tools/rotate-password.mjs', 'challenge'], { cwd: root, env }).status).toBe(0);
    const after = environmentOf('challenge').DATABASE_URL;
    expect([await mayConnect(before), await mayConnect(after)]).toEqual([true, false]);
    expect(provision().status).toBe(0);
    expect([await mayConnect(before), await mayConnect(after)]).toEqual([false, true]);
  });

  it('is not touched without a password for every role; what is wrong is said without one (I4)', () => {
    const { OWNER_PASSWORD, AUDIT_PASSWORD, ...rest } = environmentOf('provision');
    const refused = run('infra/postgres/provision.mjs', {
      ...rest,
      OWNER_PASSWORD,
      PROVISIONING_DATABASE_URL: server.href,
    });
    expect(refused).toEqual({ status: 1, said: 'AUDIT_PASSWORD: is missing; give it, or AUDIT_PASSWORD_FILE.\n' });
    const wrong = new URL(server.href);
    wrong.password = 'not-this-one';
    expect(provision({ AUDIT_PASSWORD, PROVISIONING_DATABASE_URL: wrong.href })).toEqual({
      status: 1,
      said: 'The database server refused it (28P01).\n',
    });
  });
});

/** Milliseconds that a Kafka may take to start on a busy machine. */
const slow = 120_000;

describeWithKafka('Kafka', () => {
  const work = join(folder, 'kafka');
  const ports = { 9092: 0, 9093: 0, 9094: 0 };
  let broker;
  let said = '';

  /** The programs of the image, by the jars of this machine. */
  function writePrograms() {
    const { java, libraries } = kafkaProgram();
    mkdirSync(join(work, 'bin'), { recursive: true });
    for (const [name, mainClass] of [
      ['kafka-storage.sh', 'kafka.tools.StorageTool'],
      ['kafka-server-start.sh', 'kafka.Kafka'],
      ['kafka-configs.sh', 'kafka.admin.ConfigCommand'],
    ]) {
      writeFileSync(
        join(work, 'bin', name),
        `#!/bin/bash\nexec ${java} -Xmx400m -cp '${libraries}/*' ${mainClass} "$@"\n`,
      );
      chmodSync(join(work, 'bin', name), 0o755);
    }
  }

  /** The settings of the container, with its data and ports on this machine. */
  function writeSettings() {
    const settings = readFileSync(join(root, 'infra/kafka/server.properties'), 'utf8')
      .replace('log.dirs=/var/lib/kafka/data', `log.dirs=${work}/data`)
      .replace('CLIENTS://kafka', 'CLIENTS://127.0.0.1')
      .replaceAll(/:(909\d)/g, (_, port) => `:${ports[port]}`);
    writeFileSync(join(work, 'server.properties'), settings);
  }

  function start() {
    const { CLUSTER_ID, KAFKA_PASSWORD_FILE } = compose.services.kafka.environment;
    const env = {
      ...process.env,
      CLUSTER_ID,
      KAFKA_PASSWORD_FILE: compose_.hostPathOf(compose, compose.services.kafka, KAFKA_PASSWORD_FILE, secrets),
      KAFKA_SETTINGS: join(work, 'server.properties'),
      KAFKA_PROGRAMS: join(work, 'bin'),
    };
    broker = spawn('/bin/bash', [join(root, 'infra/kafka/start.sh')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [broker.stdout, broker.stderr]) stream.on('data', (chunk) => (said += chunk));
  }

  async function stop() {
    if (broker.exitCode !== null || broker.signalCode !== null) return;
    broker.kill('SIGTERM');
    await once(broker, 'close');
  }

  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const topicsSeenBy = async (name, changed = {}) => {
    const told = { ...environmentOf(name), KAFKA_BROKERS: `127.0.0.1:${ports[9092]}`, ...changed };
    const admin = connectKafka(kafkaSettings.parse(told), name, quiet).admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      return await admin.listTopics();
    } finally {
      await admin.disconnect();
    }
  };

  /** The topics, once the broker answers. */
  const answers = () =>
    eventually(
      () =>
        topicsSeenBy('challenge').catch(() => {
          if (broker.exitCode !== null) throw new Error(said);
          return null;
        }),
      (topics) => topics !== null,
      slow,
    );

  beforeAll(async () => {
    const { freePort } = require('../libs/local-servers/src/free-port');
    for (const port of Object.keys(ports)) ports[port] = await freePort();
    writePrograms();
    writeSettings();
    start();
    await answers();
  }, slow);
  afterAll(stop);

  it('takes the services by the name and password that they are given', async () => {
    expect(await topicsSeenBy('challenge')).toEqual([]);
    await expect(topicsSeenBy('challenge', { KAFKA_PASSWORD: 'not-this-one' })).rejects.toThrow(/[Aa]uthentication/);
    const unnamed = { KAFKA_USERNAME: undefined, KAFKA_PASSWORD: undefined };
    await expect(topicsSeenBy('challenge', unnamed)).rejects.toThrow();
  });

  it('makes no topic by itself, and forgets no fact', async () => {
    const told = { ...environmentOf('challenge'), KAFKA_BROKERS: `127.0.0.1:${ports[9092]}` };
    const admin = connectKafka(kafkaSettings.parse(told), 'settings', quiet).admin();
    await admin.connect();
    const ofBroker = 4;
    const broker = { type: ofBroker, name: '1' };
    const { resources } = await admin.describeConfigs({ resources: [broker], includeSynonyms: false });
    await admin.disconnect();
    const said = Object.fromEntries(
      resources[0].configEntries.map(({ configName, configValue }) => [configName, configValue]),
    );
    expect(said).toMatchObject({
      'auto.create.topics.enable': 'false',
      'log.cleanup.policy': 'delete',
      'log.retention.ms': '-1',
      'log.retention.bytes': '-1',
    });
  });

  it(
    'starts again on the data that it has',
    async () => {
      await stop();
      start();
      expect(await answers()).toEqual([]);
    },
    slow,
  );

  it('changes a password by the command of docs/operations.md, and the old one is no use', async () => {
    const before = environmentOf('audit').KAFKA_PASSWORD;
    const env = { ...process.env, COFACTOR_SECRETS: secrets };
    expect(spawnSync(process.execPath, ['tools/rotate-password.mjs', 'kafka'], { cwd: root, env }).status).toBe(0);
    const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8');
    const [, command] = /kafka bash -c '([^']*)'/.exec(operations);
    const here = command
      .replace('/opt/kafka/bin', join(work, 'bin'))
      .replace('9094', ports[9094])
      .replace('/run/secrets', secrets);
    expect(spawnSync('/bin/bash', ['-c', here], { encoding: 'utf8' })).toMatchObject({ status: 0 });
    expect(await topicsSeenBy('audit')).toEqual([]);
    await expect(topicsSeenBy('audit', { KAFKA_PASSWORD: before })).rejects.toThrow(/[Aa]uthentication/);
  });
});
