import { eventually } from '@cofactor/testkit';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { z } from 'zod';

export const databaseNames = ['identity', 'factor_enrollment', 'challenge', 'notification', 'audit', 'vault'] as const;
export type DatabaseName = (typeof databaseNames)[number];

/** The databases with a log of facts, as consumers name their service. */
const logs: Readonly<Record<string, DatabaseName>> = {
  identity: 'identity',
  'factor-enrollment': 'factor_enrollment',
  challenge: 'challenge',
  notification: 'notification',
};
/** Whose facts each consumer takes in. */
const follows: Readonly<Record<string, readonly string[]>> = {
  identity: ['identity', 'factor-enrollment'],
  'factor-enrollment': ['factor-enrollment'],
  notification: ['identity', 'factor-enrollment', 'challenge', 'notification'],
  audit: Object.keys(logs),
};
const databaseOf = (consumer: string): DatabaseName => logs[consumer] ?? 'audit';

export interface FactRow {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly organisations: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

const announcedSchema = z.looseObject({ identity: z.object({ url: z.string() }) });
const passwordsSchema = z.looseObject({ owner: z.string() });

/** Every database of a running installation as their owner sees them: what really was written. */
export class Databases {
  private readonly turns = new Map<DatabaseName, Promise<unknown>>();

  private constructor(private readonly clients: ReadonlyMap<DatabaseName, Client>) {}

  static async open({ home }: { readonly home: string }): Promise<Databases> {
    const announced = announcedSchema.parse(JSON.parse(readFileSync(join(home, 'run/databases.json'), 'utf8')));
    const { owner } = passwordsSchema.parse(JSON.parse(readFileSync(join(home, 'keys/databases.json'), 'utf8')));
    const { host } = new URL(announced.identity.url);
    const clients = databaseNames.map(async (name) => {
      const client = new Client(`postgres://owner:${encodeURIComponent(owner)}@${host}/${name}`);
      // The server may end before this connection does.
      client.on('error', () => undefined);
      await client.connect();
      return [name, client] as const;
    });
    return new Databases(new Map(await Promise.all(clients)));
  }

  async rows<Row>(database: DatabaseName, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const client = this.clients.get(database);
    if (!client) throw new Error(`no connection to ${database}`);
    const query = async () => (await client.query<Row & object>(sql, [...parameters])).rows;
    // pg wants one query at a time on a connection.
    const turn = (this.turns.get(database) ?? Promise.resolve()).then(query, query);
    this.turns.set(database, turn);
    return turn;
  }

  async tables(database: DatabaseName): Promise<readonly string[]> {
    const rows = await this.rows<{ name: string }>(
      database,
      `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind IN ('r', 'p')
         AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  }

  /** The number of rows of every table, by `database.table`, and the heads of the logs. */
  async counts(): Promise<Readonly<Record<string, number>>> {
    const counted = databaseNames.map(async (database) => {
      const selects = (await this.tables(database)).map(
        (table) => `SELECT '${table}' AS name, count(*)::int FROM ${table}`,
      );
      const rows = await this.rows<{ name: string; count: number }>(database, selects.join(' UNION ALL '));
      return rows.map(({ name, count }) => [`${database}.${name}`, count] as const);
    });
    return Object.fromEntries((await Promise.all(counted)).flat());
  }

  /** Resolves when every consumer has taken every fact there is. */
  async settled(withinMilliseconds = 20_000): Promise<void> {
    await eventually(
      () => this.behind(),
      (behind) => behind.length === 0,
      withinMilliseconds,
    );
  }

  /** Resolves when nothing will be written any more by itself: the same, and no message is left to send. */
  async idle(): Promise<void> {
    // What is taken in may be a reason to write to somebody, and what was sent is a fact again.
    await this.settled();
    await eventually(
      () => this.rows('notification', 'SELECT FROM outgoing'),
      (waiting) => waiting.length === 0,
      // Whoever is killed with a message in hand leaves it to the others after a minute.
      75_000,
    );
    await this.settled();
  }

  /** The facts of one service's log in the order of their positions. */
  async facts(database: DatabaseName): Promise<readonly FactRow[]> {
    return this.rows<FactRow>(
      database,
      `SELECT position::int AS position, stream, version, type, data,
              ARRAY(SELECT jsonb_array_elements_text(envelope->'organisationIds')) AS organisations
       FROM events ORDER BY position`,
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client.end().catch(() => undefined)));
  }

  /** The last position of each log, by service. */
  async heads(): Promise<ReadonlyMap<string, number>> {
    const read = Object.entries(logs).map(async ([service, database]) => {
      const [head] = await this.rows<{ position: number }>(database, 'SELECT position::int AS position FROM log_head');
      return [service, head?.position ?? 0] as const;
    });
    return new Map(await Promise.all(read));
  }

  /** Versions of streams that a consumer has not taken yet, whatever brings them. */
  private async behind(): Promise<readonly string[]> {
    const written = await this.streams();
    const behind = Object.entries(follows).map(async ([consumer, sources]) => {
      const rows = await this.rows<{ source: string; stream: string; version: number }>(
        databaseOf(consumer),
        'SELECT source, stream, version FROM inbox WHERE consumer = $1',
        [consumer],
      );
      const taken = new Map(rows.map(({ source, stream, version }) => [`${source} ${stream}`, version]));
      return sources.flatMap((source) =>
        [...(written.get(source) ?? [])]
          .filter(([stream, version]) => version > 0 && (taken.get(`${source} ${stream}`) ?? 0) < version)
          .map(([stream, version]) => `${consumer} waits for ${source}'s ${stream}@${version}`),
      );
    });
    return (await Promise.all(behind)).flat();
  }

  /** The version of each stream, by the service that owns it. */
  private async streams(): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
    const read = Object.entries(logs).map(async ([service, database]) => {
      const rows = await this.rows<{ stream: string; version: number }>(
        database,
        'SELECT stream, version FROM streams',
      );
      return [service, new Map(rows.map(({ stream, version }) => [stream, version]))] as const;
    });
    return new Map(await Promise.all(read));
  }
}
