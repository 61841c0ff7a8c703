import { challengeEvents, type Envelope, type Service } from '@cofactor/contracts';
import type { NewEvent, SideRow, StreamAppend, Unit } from '@cofactor/event-sourcing';
import { startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { Database } from './database';
import { eventStoreMigrations } from './event-store-migrations';
import { migrate } from './migrate';

const applicationRole = 'application';
const password = 'only-for-tests';

/** A migrated log on a PostgreSQL of its own, for one spec file. */
export interface TestLog {
  readonly server: TestPostgres;
  /** Under the application's role. */
  readonly database: Database;
  /** Under the role that owns the tables. */
  readonly owner: Database;
  /** One more pool under the application's role, as another replica has it; closed with the log. */
  replica(poolSize?: number): Promise<Database>;
  close(): Promise<void>;
}

export const service: Service = 'challenge';

export async function startTestLog(): Promise<TestLog> {
  const server = await startTestPostgres();
  const { url } = await server.createDatabase();
  const owner = await Database.open({ name: 'owner', url, poolSize: 4 });
  await owner.query(`CREATE ROLE ${applicationRole} LOGIN PASSWORD '${password}'`);
  await migrate({ name: 'log', ownerUrl: url, migrations: eventStoreMigrations, applicationRole });
  const applicationUrl = Object.assign(new URL(url), { username: applicationRole, password }).href;
  const opened = [owner];
  const replica = async (poolSize = 8): Promise<Database> => {
    const database = await Database.open({ name: 'application', url: applicationUrl, poolSize });
    opened.push(database);
    return database;
  };
  const database = await replica();
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((each) => each.close()));
    await server.stop();
  };
  return { server, database, owner, replica, close };
}

export const envelope: Envelope = {
  organisationIds: ['organisation-1'],
  actor: { kind: 'person', id: 'person-1' },
  subject: { kind: 'person', id: 'person-1' },
  origin: { requestId: 'request-1', traceparent: null, sealed: null, sealedFor: 'person-1' },
  policyVersion: 1,
};

export const at = '2026-01-02T03:04:05.006Z';

let events = 0;

export const aRefusal = (data: Readonly<Record<string, unknown>> = {}): NewEvent => ({
  id: `event-${(events += 1)}`,
  at,
  type: 'challenge.refused',
  schemaVersion: challengeEvents.challengeRefused.version,
  envelope,
  data: { challengeId: 'challenge-1', reason: 'wrong', ...data },
});

/** One event, unless told otherwise, at the end of a stream that stands at `expectedVersion`. */
export const anAppend = (
  stream: string,
  expectedVersion = 0,
  added: readonly NewEvent[] = [aRefusal()],
): StreamAppend => ({
  stream,
  expectedVersion,
  events: added,
  snapshot: { stateVersion: 1, state: { failures: expectedVersion + added.length } },
});

export const aUnit = (stream: string, expectedVersion = 0, sideRows: readonly SideRow[] = []): Unit => ({
  streams: [anAppend(stream, expectedVersion)],
  sideRows,
});
