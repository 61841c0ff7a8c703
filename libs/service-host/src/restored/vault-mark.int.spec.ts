import { Database, migrate, type Sql } from '@cofactor/event-store';
import { beginVaultEpoch, vaultMigrations } from '@cofactor/secret-vault';
import { createLogger, type Closing } from '@cofactor/service-kit';
import { startTestPostgres, type TestPostgres } from '@cofactor/testkit';
import { hostMigrations, keepMark, renewMark } from './vault-mark';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

type Name = 'own' | 'vault';

/** The two databases of one service, and copies of them. Nothing is connected between two steps. */
class Places {
  private constructor(private readonly urls: Record<Name, string>) {}

  static async make(): Promise<Places> {
    const places = new Places({ own: '', vault: '' });
    for (const [name, migrations] of [['own', hostMigrations] as const, ['vault', vaultMigrations] as const]) {
      const { url } = await postgres.createDatabase();
      places.urls[name] = url;
      await migrate({ name, ownerUrl: url, migrations, applicationRole: new URL(url).username });
    }
    return places;
  }

  /** A backup of one; the answer puts it back. */
  async backUp(name: Name): Promise<() => void> {
    const copy = `${new URL(this.urls[name]).pathname.slice(1)}_${Math.floor(performance.now() * 1_000)}`;
    const server = await Database.open({ name, url: postgres.superuserUrl('postgres'), poolSize: 1 });
    await server.query(`CREATE DATABASE "${copy}" TEMPLATE "${new URL(this.urls[name]).pathname.slice(1)}"`);
    await server.close();
    return () => (this.urls[name] = postgres.superuserUrl(copy));
  }

  async open<T>(work: (databases: { database: Database; vault: Database }) => Promise<T>): Promise<T> {
    const database = await Database.open({ name: 'own', url: this.urls.own, poolSize: 2 });
    const vault = await Database.open({ name: 'vault', url: this.urls.vault, poolSize: 2 });
    return work({ database, vault }).finally(() => Promise.all([database.close(), vault.close()]));
  }

  start(service: 'identity' | 'audit' = 'identity') {
    return this.open((databases) => renewMark({ service, hasLog: service === 'identity', ...databases }));
  }
}

/** Everything but intervals: PostgreSQL needs the others. */
const doNotFake = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;
const silent = createLogger('identity', 'silent');
const fail = (error: Error): never => {
  throw error;
};
const vaultIsOlder = 'VAULT_DATABASE_URL: the vault is older than the database of identity knows it';
const databaseIsOlder = 'DATABASE_URL: the database of identity is older than the vault knows it';

describe('§6.12 the vault and the database of a service', () => {
  it('agree where another replica leaves marks between two steps of this one', async () => {
    const places = await Places.make();
    await places.open(async ({ database, vault }) => {
      const renew = (through: Sql) => renewMark({ service: 'identity', hasLog: true, database, vault: through });
      const interrupted: Sql = {
        query: async <Row>(statement: string, parameters?: readonly unknown[]) => {
          for (const _mark of [1, 2]) await renew(vault);
          return vault.query<Row>(statement, parameters);
        },
      };
      for (const _attempt of [1, 2]) expect(await renew(interrupted)).toBe('agree');
    });
  });

  it('agree where a process died between any two of its steps', async () => {
    const places = await Places.make();
    await places.start();
    await places.open(async ({ database, vault }) => {
      await database.query('UPDATE vault_mark SET promised = promised + 1');
      expect(await renewMark({ service: 'identity', hasLog: true, database, vault })).toBe('agree');
      const [mark] = await database.query<{ next: number }>(
        'UPDATE vault_mark SET promised = promised + 1 RETURNING promised AS next',
      );
      await vault.query('UPDATE mark SET last = $1', [mark?.next]);
    });
    expect(await places.start()).toBe('agree');
  });

  it('the vault, brought back alone, is refused until after-restore was run on it', async () => {
    const places = await Places.make();
    await places.start();
    const bringBack = await places.backUp('vault');
    await places.start();
    bringBack();
    for (const _attempt of [1, 2]) await expect(places.start()).rejects.toThrow(vaultIsOlder);
    await places.open(({ vault }) => beginVaultEpoch(vault));
    for (const _attempt of [1, 2]) expect(await places.start()).toBe('agree');
  });

  it('the vault is refused also from before an earlier restore, and an empty one in its place', async () => {
    const places = await Places.make();
    const bringEmptyBack = await places.backUp('vault');
    for (let round = 0; round < 3; round += 1) await places.start();
    const bringBack = await places.backUp('vault');
    await places.open(({ vault }) => beginVaultEpoch(vault));
    await places.start();
    for (const exchange of [bringBack, bringEmptyBack]) {
      exchange();
      await expect(places.start()).rejects.toThrow(vaultIsOlder);
    }
  });

  it('a database with a log, brought back alone, is refused', async () => {
    const places = await Places.make();
    await places.start();
    const bringBack = await places.backUp('own');
    await places.start();
    bringBack();
    for (const _attempt of [1, 2, 3]) await expect(places.start()).rejects.toThrow(databaseIsOlder);
    await places.open(({ vault }) => beginVaultEpoch(vault));
    expect(await places.start()).toBe('agree');
  });

  it('that of the audit, which has none, catches up, and says so once', async () => {
    const places = await Places.make();
    await places.start('audit');
    const bringBack = await places.backUp('own');
    for (const _attempt of [1, 2]) await places.start('audit');
    bringBack();
    const lines: string[] = [];
    const logger = createLogger('audit', 'warn', { write: (line: string) => void lines.push(line) });
    await places.open(async (databases) => {
      const closings: Closing[] = [];
      await keepMark({ service: 'audit', hasLog: false, ...databases }, fail, logger, closings);
      await Promise.all(closings.map((close) => close()));
    });
    expect(lines).toEqual([expect.stringContaining('it takes in again what Kafka has since')]);
    expect(await places.start('audit')).toBe('agree');
  });

  it('the vault, exchanged under a service that runs, is noticed', async () => {
    jest.useFakeTimers({ doNotFake: [...doNotFake] });
    const places = await Places.make();
    const bringBack = await places.backUp('vault');
    await places.open(async ({ database, vault: before }) => {
      let vault: Sql = before;
      const exchanged: Sql = { query: (statement, parameters) => vault.query<never>(statement, parameters) };
      const heard: Error[] = [];
      const closings: Closing[] = [];
      const marked = { service: 'identity', hasLog: true, database, vault: exchanged };
      await keepMark(marked, (error) => heard.push(error), silent, closings);
      bringBack();
      await places.open(async ({ vault: after }) => {
        vault = after;
        jest.advanceTimersByTime(20_000);
        await Promise.all(closings.map((close) => close()));
      });
      expect(heard.map(({ message }) => message)).toEqual([expect.stringContaining(vaultIsOlder)]);
    });
    jest.useRealTimers();
  });

  it('both brought back as of the same instant agree', async () => {
    const places = await Places.make();
    await places.start();
    const bringBack = [await places.backUp('own'), await places.backUp('vault')];
    await places.start();
    for (const one of bringBack) one();
    expect(await places.start()).toBe('agree');
  });
});
