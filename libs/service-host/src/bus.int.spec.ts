import { Database, eventStoreMigrations, migrate } from '@cofactor/event-store';
import { messagingMigrations, relayMigrations } from '@cofactor/messaging';
import { createLogger, Metrics, untraced, type Closing } from '@cofactor/service-kit';
import { eventually, startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { openBus } from './bus';
import { hostSettings } from './settings';

let postgres: TestPostgres;
let database: Database;
const closings: Closing[] = [];
const lines: string[] = [];
const logger = createLogger('challenge', 'warn', { write: (line: string) => void lines.push(line) });

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  const { url, name } = await postgres.createDatabase();
  const migrations = [...eventStoreMigrations, ...messagingMigrations, ...relayMigrations];
  await migrate({ name, ownerUrl: url, migrations, applicationRole: new URL(url).username });
  database = await Database.open({ name, url, poolSize: 4 });
  lines.length = 0;
});
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
  await database.close();
});

/** As a service opens it that has a log, while Kafka is away. */
async function open(): Promise<string> {
  const settings = hostSettings.parse({
    COFACTOR_SIGNING_KEYS: 'none',
    COFACTOR_VAULT_KEYS: 'none',
    DATABASE_URL: 'postgres://nobody@nowhere/nothing',
    VAULT_DATABASE_URL: 'postgres://nobody@nowhere/nothing',
    PORT: '0',
    KAFKA_BROKERS: '127.0.0.1:1',
  });
  const around = { logger, metrics: new Metrics('challenge'), tracing: untraced };
  const service = { name: 'challenge', log: 'challenge', follows: [] } as const;
  await openBus(service, settings, database, around, closings);
  return 'open';
}
const used = (ago: string) =>
  database.query(
    `INSERT INTO relay (topic, in_use_at) VALUES ('cofactor.challenge', now() - $1::interval)
     ON CONFLICT (topic) DO UPDATE SET in_use_at = excluded.in_use_at`,
    [ago],
  );

describe('§6.12 a start while Kafka is away', () => {
  it('goes on with an empty log, and with one that was in use a moment ago', async () => {
    expect(await open()).toBe('open');
    await database.query('UPDATE log_head SET position = 7');
    await used('4 minutes');
    expect(await open()).toBe('open');
  }, 30_000);

  it('waits with a log that was not in use of late, since a backup may have come back, until that is known', async () => {
    await database.query('UPDATE log_head SET position = 7');
    await used('6 minutes');
    let isOpen = false;
    const opening = open().finally(() => (isOpen = true));
    await eventually(
      () => lines.join(''),
      (said) => said.includes('nothing is served until it does'),
      20_000,
    );
    expect(isOpen).toBe(false);
    // Another replica has learnt it meanwhile.
    await used('0 minutes');
    expect(await opening).toBe('open');
  }, 60_000);
});
