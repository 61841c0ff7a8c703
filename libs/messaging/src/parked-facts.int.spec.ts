import type { Fact } from '@cofactor/contracts';
import { Database, migrate } from '@cofactor/event-store';
import { startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { messagingMigrations } from './migrations';
import { ParkedFacts } from './parked-facts';

jest.setTimeout(30_000);

const fact: Fact = {
  id: 'fact-1',
  service: 'challenge',
  position: 1,
  stream: 'credential-a',
  version: 1,
  type: 'challenge.passed',
  schemaVersion: 1,
  at: '2026-01-01T00:00:00.000Z',
  envelope: {
    organisationIds: [],
    actor: { kind: 'service', id: 'test' },
    subject: { kind: 'unknown', id: 'nobody' },
    origin: { requestId: 'test', traceparent: null, sealed: null, sealedFor: 'installation' },
    policyVersion: null,
  },
  data: {},
};

let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const { url, name } = await postgres.createDatabase();
  const { username: applicationRole } = new URL(url);
  await migrate({ name, ownerUrl: url, migrations: messagingMigrations, applicationRole });
  database = await Database.open({ name, url, poolSize: 2 });
});
afterAll(async () => {
  await database.close();
  await postgres.stop();
});

it('a fact that was listed as due is taken only while it still is: not once it failed again or was discarded', async () => {
  const parked = new ParkedFacts('audit', { attempts: 9, firstDelay: 60, longestDelay: 60 });
  expect(await parked.setAside(database, fact, new Error('no'))).toBe('retrying');
  const change = (to: string): Promise<unknown> => database.query(`UPDATE dead_letters SET ${to}`);
  await change('next_attempt_at = now()');
  const [id = ''] = await parked.due(database, 'challenge', 1);
  const taken = await parked.take(database, id);
  expect(taken).toMatchObject({ id, fact, attempts: 1 });
  if (taken) await parked.failedAgain(database, taken, new Error('no'));
  expect(await parked.take(database, id)).toBeNull();
  await change("next_attempt_at = now(), state = 'discarded'");
  expect(await parked.take(database, id)).toBeNull();
});
