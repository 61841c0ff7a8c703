import { Database, migrate } from '@cofactor/event-store';
import { startTestPostgres } from '@cofactor/testkit';
import { messagingMigrations } from './migrations';

/** The database of a consumer, on a server of its own that ends with it. */
export async function startConsumerDatabase(): Promise<{
  readonly database: Database;
  readonly stop: () => Promise<void>;
}> {
  const postgres = await startTestPostgres();
  const { url, name } = await postgres.createDatabase();
  const { username: applicationRole } = new URL(url);
  await migrate({ name, ownerUrl: url, migrations: messagingMigrations, applicationRole });
  const database = await Database.open({ name, url, poolSize: 2 });
  const stop = async (): Promise<void> => {
    await database.close();
    await postgres.stop();
  };
  return { database, stop };
}
