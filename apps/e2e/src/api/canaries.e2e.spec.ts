import { eventually, sharedTestRedis, startTestKafka } from '@cofactor/testkit';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Installation, topology } from '../installation';
import {
  base32,
  codes,
  filesUnder,
  foundIn,
  liveThrough,
  Recorder,
  refusals,
  rememberKeysOf,
  secrets,
  spellings,
  typed,
} from './canaries';
import { Databases, databaseNames } from './databases';
import { injected, provokeDeadLetters } from './dead-letters';
import { newPractice, type Manager } from './practice';
import type { Program } from './program';
import { everythingInRedis } from './redis-content';

let installation: Installation;
let databases: Databases;
let manager: Manager;
let auditReply: string;
/** Of the gateway, and in the services topology of each process. */
const metrics = new Map<string, string>();
let inRedis = '';
const servers: { readonly stop: () => Promise<void> }[] = [];
/** Where Kafka keeps its topics and what it logs. */
const kafkaFolder = mkdtempSync(join(tmpdir(), 'cofactor-canaries-'));

/** In the services topology: servers whose whole content can be looked at. */
async function serversToSearch() {
  if (topology === 'embedded') return { environment: {}, lookIntoRedis: async () => '', bus: null };
  const [kafka, redis] = await Promise.all([startTestKafka(kafkaFolder), sharedTestRedis()]);
  servers.push(kafka, redis);
  const REDIS_PREFIX = redis.prefix.slice(0, 20);
  const bus = { brokers: kafka.brokers, prefix: kafka.newPrefix() };
  return {
    environment: {
      KAFKA_BROKERS: bus.brokers,
      KAFKA_TOPIC_PREFIX: bus.prefix,
      REDIS_URL: redis.url,
      REDIS_PREFIX,
    },
    lookIntoRedis: () => everythingInRedis(redis.url, REDIS_PREFIX),
    bus,
  };
}

/** The same while PostgreSQL is away: errors are where secrets like to stand. */
async function liveThroughAnOutage(program: Program, manager: Manager): Promise<void> {
  const lock = join(installation.home, 'postgresql-18/postmaster.pid');
  process.kill(Number(readFileSync(lock, 'utf8').split('\n')[0]), 'SIGKILL');
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      index % 2 === 0
        ? program.post('/v1/sign-ins', { email: manager.email, password: manager.password })
        : program.post('/v1/organisations', newPractice('healthcode', typed.unknownEmail, typed.password)),
    ),
  );
  await eventually(
    () => installation.isReady(),
    (ready) => ready,
    50_000,
  );
}

async function readMetrics(program: Program): Promise<void> {
  metrics.set('the whole', (await program.send('GET', '/metrics')).text);
  if (topology === 'embedded') return;
  for (const { service, port } of installation.running().services) {
    metrics.set(service, await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
  }
}

beforeAll(async () => {
  const { environment, lookIntoRedis, bus } = await serversToSearch();
  installation = await Installation.start({ environment: { ...environment, COFACTOR_LOG_LEVEL: 'debug' } });
  const program = new Recorder(installation.url);
  rememberKeysOf(installation);
  const lived = await liveThrough(program);
  manager = lived.manager;
  inRedis = await lookIntoRedis();
  await liveThroughAnOutage(program, manager);
  databases = await Databases.open(installation);
  await databases.settled();
  const records = `/v1/organisations/${manager.organisationId}/audit/records?limit=500`;
  auditReply = (await program.get(records, lived.token)).text;
  if (bus) {
    secrets.add(injected);
    const { token } = lived;
    const act = () => program.post('/v1/me/recovery-codes', { password: typed.password }, { token });
    await provokeDeadLetters(bus, databases, act);
  }
  await readMetrics(program);
}, 240_000);
afterAll(async () => {
  await installation.remove();
  await databases.close();
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(kafkaFolder, { recursive: true, force: true });
});

describe('I4 no secret and nothing personal stands', () => {
  it('in what was searched for: the story left all kinds of it', () => {
    expect([...secrets].filter((secret) => secret.startsWith('cfs_')).length).toBeGreaterThan(2);
    expect([...secrets].filter((secret) => secret.startsWith('cfi_')).length).toBeGreaterThan(2);
    expect([...secrets].filter((secret) => secret.startsWith('otpauth:'))).toHaveLength(3);
    expect(secrets.size).toBeGreaterThan(35);
    expect(codes.size).toBeGreaterThan(5);
    expect(new Set(refusals.map(({ status }) => status))).toEqual(new Set([400, 401, 404, 409, 503]));
  });

  it.each(databaseNames)('in any table of the database %s', async (database) => {
    for (const table of await databases.tables(database)) {
      const rows = await databases.rows<{ row: string }>(database, `SELECT t::text AS row FROM ${table} t`);
      expect([table, foundIn(rows.map(({ row }) => row).join('\n'))]).toEqual([table, []]);
    }
  });

  it('in the log, at its most talkative', () => {
    expect(installation.output.split('\n').filter((line) => line.includes('"level":20')).length).toBeGreaterThan(10);
    expect(installation.output).toContain('operation failed');
    expect(foundIn(installation.output)).toEqual([]);
  });

  it('in the body of any refusal', () => {
    for (const reply of refusals) expect([reply.outcome, foundIn(reply.text)]).toEqual([reply.outcome, []]);
  });

  it('in the audit, which shows the device to the manager and nothing else', () => {
    expect(auditReply).toContain(typed.userAgent);
    expect(foundIn(auditReply, [typed.userAgent])).toEqual([]);
  });

  it('in the metrics of any process', () => {
    expect(metrics.size).toBe(topology === 'services' ? 7 : 1);
    expect(metrics.get('the whole')).toContain('cofactor_operation_duration_seconds');
    for (const [name, text] of metrics) expect([name, foundIn(text)]).toEqual([name, []]);
  });

  it('in any file of the data folder, the raw pages and the write-ahead log among them', async () => {
    await databases.close();
    await installation.stop();
    const files = filesUnder(installation.home).filter((path) => !path.startsWith(join(installation.home, 'keys')));
    expect(files.some((path) => path.includes('/pg_wal/'))).toBe(true);
    expectNothingIn(files);
  }, 60_000);
});

if (topology === 'services') {
  describe('I4 no secret and nothing personal stands, in the services topology,', () => {
    it('in Redis, while a challenge is pending', () => {
      expect(inRedis).toContain('challenge:pending:');
      expect(inRedis).toContain('"signInId');
      expect(foundIn(inRedis)).toEqual([]);
    });

    it('in what operators are told of messages that are no facts and of facts that are put aside or held', () => {
      for (const said of ['a message is no fact that can be read', 'put aside', 'a fact is too large for Kafka']) {
        expect(installation.output).toContain(said);
      }
      const processes = ['gateway', 'identity', 'factor-enrollment', 'challenge', 'notification', 'audit'];
      for (const service of processes) expect(installation.output).toContain(`"service":"${service}"`);
      expect(foundIn(installation.output)).toEqual([]);
    });

    it('in any key, header or value of a topic, and in nothing that Kafka logs', async () => {
      await Promise.all(servers.splice(0).map((server) => server.stop()));
      const files = filesUnder(kafkaFolder);
      const topics = files.filter((path) => path.endsWith('.log') && /test-\w+[.]/.test(path));
      const facts = topics.map((path) => readFileSync(path, 'latin1')).join('\n');
      for (const written of ['ce_streamversion', 'sign-in.completed', 'factor.enrolled', manager.organisationId]) {
        expect(facts).toContain(written);
      }
      expect(foundIn(facts)).toEqual([injected]);
      expect(files).toContain(join(kafkaFolder, 'kafka.log'));
      expectNothingIn(files, injected);
    }, 60_000);
  });
}

function expectNothingIn(files: readonly string[], except?: string): void {
  const wanted = [...secrets]
    .filter((secret) => secret !== except)
    .flatMap((secret) => [...new Set([secret, ...spellings(secret)])]);
  const seeds = [...secrets].filter((secret) => /^[A-Z2-7]{32,}$/.test(secret)).map(base32);
  expect(seeds.length).toBeGreaterThan(1);
  for (const path of files) {
    const bytes = readFileSync(path);
    const found = [...wanted.filter((text) => bytes.includes(text)), ...seeds.filter((seed) => bytes.includes(seed))];
    const signed = /eyJ[\w-]{20,}\.eyJ/.test(bytes.toString('latin1')) ? ['a signed statement or proof'] : [];
    expect([path, found, signed]).toEqual([path, [], []]);
  }
}
