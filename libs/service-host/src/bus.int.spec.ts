import { Database, eventStoreMigrations, migrate } from '@cofactor/event-store';
import { messagingMigrations, relayMigrations } from '@cofactor/messaging';
import { createLogger, Metrics, untraced, type Closing } from '@cofactor/service-kit';
import {
  describeWithKafka,
  eventually,
  sharedTestKafka,
  startTestPostgres,
  type SharedTestKafka,
  type TestPostgres,
} from '@cofactor/testkit';
import { openBus } from './bus';
import { hostSettings } from './settings';

describeWithKafka('§6.12 a start while Kafka is away', () => {
  const away = '127.0.0.1:1';
  let postgres: TestPostgres;
  let kafka: SharedTestKafka;
  let prefix: string;
  let database: Database;
  const closings: Closing[] = [];
  const lines: string[] = [];
  let waits = 0;
  const logger = createLogger('challenge', 'warn', { write: (line: string) => void lines.push(line) });

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startTestPostgres(), sharedTestKafka()]);
  });
  afterAll(() => Promise.all([postgres.stop(), kafka.stop()]));
  beforeEach(async () => {
    const { url, name } = await postgres.createDatabase();
    const migrations = [...eventStoreMigrations, ...messagingMigrations, ...relayMigrations];
    await migrate({ name, ownerUrl: url, migrations, applicationRole: new URL(url).username });
    database = await Database.open({ name, url, poolSize: 4 });
    prefix = kafka.newPrefix();
    lines.length = 0;
    waits = 0;
  });
  afterEach(async () => {
    await stop();
    await database.close();
  });

  /** As a service opens it that has a log. */
  async function open(brokers: string): Promise<string> {
    const settings = hostSettings.parse({
      COFACTOR_SIGNING_KEYS: 'none',
      COFACTOR_VAULT_KEYS: 'none',
      DATABASE_URL: 'postgres://nobody@nowhere/nothing',
      VAULT_DATABASE_URL: 'postgres://nobody@nowhere/nothing',
      PORT: '0',
      KAFKA_BROKERS: brokers,
      KAFKA_TOPIC_PREFIX: prefix,
    });
    const around = { logger, metrics: new Metrics('challenge'), tracing: untraced };
    const service = { name: 'challenge', log: 'challenge', follows: [] } as const;
    await openBus(service, settings, database, around, async () => (waits += 1), closings);
    return 'open';
  }
  async function stop(): Promise<void> {
    for (const close of closings.splice(0).reverse()) await close();
  }

  it('goes on with an empty log, and with one that lies where it did when Kafka last knew all of it', async () => {
    expect(await open(away)).toBe('open');
    await stop();
    await database.query('UPDATE log_head SET position = 7');
    await open(kafka.brokers);
    await stop();
    expect(await open(away)).toBe('open');
    expect(waits).toBe(0);
  }, 60_000);

  it('waits where PostgreSQL was started anew, since a backup may have come back, until that is known', async () => {
    await database.query('UPDATE log_head SET position = 7');
    await open(kafka.brokers);
    await stop();
    await postgres.restart();
    let isOpen = false;
    const opening = open(away).finally(() => (isOpen = true));
    await eventually(
      () => lines.join(''),
      (said) => said.includes('nothing is served until it does'),
      20_000,
    );
    expect([isOpen, waits]).toEqual([false, 1]);
    // Another replica, which finds Kafka, has learnt it meanwhile.
    await open(kafka.brokers);
    expect(await opening).toBe('open');
  }, 60_000);
});
