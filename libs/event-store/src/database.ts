import { Client, type ClientBase, type Pool, type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { connectionOptions, requestOptions } from './connection-options';
import { ListeningConnection } from './listening-connection';
import { CommitOutcomeUnknown, ConnectionLost, DatabaseUnreachable } from './database-errors';
import { preparedName } from './prepared-name';
import { isRefusedByDatabase, type Sql } from './sql';

export interface DatabaseOptions {
  /** What PostgreSQL shows as application_name. */
  readonly name: string;
  /** postgres://role:password@host:port/database */
  readonly url: string;
  readonly poolSize: number;
}

/** A connection breaks when the server goes; whoever uses it learns that from the query. */
const brokenConnection = (): void => undefined;

async function run<Row>(client: ClientBase, text: string, parameters: readonly unknown[]): Promise<Row[]> {
  const named = parameters.length === 0 ? { text } : { name: preparedName(text), text };
  try {
    const result = await client.query<Row & object>({ ...named, values: [...parameters] });
    return result.rows;
  } catch (error) {
    throw isRefusedByDatabase(error) ? error : new ConnectionLost(error);
  }
}

/** SQL on one connection. */
export const sqlOn = (client: ClientBase): Sql => ({
  query: (statement, parameters = []) => run(client, statement, parameters),
});

/**
 * One PostgreSQL database under one role: a TypeORM DataSource, used through its pool. A server that is gone gives
 * an error within seconds and never ends the process; after its return the next statement works again.
 */
export class Database implements Sql {
  private constructor(
    private readonly dataSource: DataSource,
    private readonly pool: Pool,
    private readonly options: DatabaseOptions,
  ) {}

  /** Opens the pool; throws when the database cannot be reached now. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const dataSource = new DataSource({
      type: 'postgres',
      url: options.url,
      applicationName: options.name,
      poolSize: options.poolSize,
      connectTimeoutMS: requestOptions.connectionTimeoutMillis,
      installExtensions: false,
      entities: [],
      migrations: [],
      synchronize: false,
      logging: false,
      poolErrorHandler: brokenConnection,
      extra: { ...requestOptions, idleTimeoutMillis: 60_000, pipeline: true },
    });
    await dataSource.initialize();
    // TypeORM types the pool loosely; with `type: postgres` and no replication it is pg's.
    const pool = (dataSource.driver as PostgresDriver).master as Pool;
    pool.on('acquire', (client) => {
      // pg-pool watches idle connections only; one that breaks while it is lent would end the process.
      client.off('error', brokenConnection).on('error', brokenConnection);
    });
    return new Database(dataSource, pool, options);
  }

  /**
   * One statement that commits by itself. Throws DatabaseUnreachable, the database's own refusal (DatabaseError), or
   * ConnectionLost: then a writing statement may be committed.
   */
  async query<Row>(statement: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const client = await this.lend();
    try {
      const rows = await run<Row>(client, statement, parameters);
      client.release();
      return rows;
    } catch (error) {
      client.release(!isRefusedByDatabase(error));
      throw error;
    }
  }

  /**
   * Runs all of `work` in one transaction (READ COMMITTED) and commits it, or rolls it back and throws what `work`
   * threw. Throws CommitOutcomeUnknown when the connection is lost during COMMIT; after any other error nothing was
   * committed.
   */
  async transaction<T>(work: (transaction: Sql) => Promise<T>): Promise<T> {
    const client = await this.lend();
    try {
      await client.query('BEGIN');
      const result = await work(sqlOn(client));
      await commit(client);
      client.release();
      return result;
    } catch (error) {
      await rollBack(client);
      throw error;
    }
  }

  /**
   * Calls `onNotify` at each notification on the channel, and after each (re)connection, because notifications
   * before it are lost. Reconnects by itself. Answers the function that ends it. `onNotify` must not throw.
   */
  listen(channel: string, onNotify: () => void): () => Promise<void> {
    const connection = new ListeningConnection(() => this.newClient(`${this.options.name} listens`), channel, onNotify);
    return () => connection.stop();
  }

  /** A connection of its own, outside the pool and without limits on time, for bulk work. End it after use. */
  async connectForBulk(): Promise<Client> {
    const client = this.newClient(`${this.options.name} bulk`);
    client.on('error', brokenConnection);
    await client.connect();
    return client;
  }

  /** Whether the database answers now. Never throws. */
  async isReady(): Promise<boolean> {
    return this.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  /** Waits for lent connections and closes all. */
  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private lend(): Promise<PoolClient> {
    return this.pool.connect().catch((error: unknown) => {
      throw new DatabaseUnreachable(error);
    });
  }

  private newClient(name: string): Client {
    return new Client({ ...connectionOptions, connectionString: this.options.url, application_name: name });
  }
}

async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT').catch((error: unknown) => {
    throw isRefusedByDatabase(error) ? error : new CommitOutcomeUnknown(error);
  });
  // COMMIT of a transaction in which a statement failed answers ROLLBACK, without an error.
  if (command !== 'COMMIT') throw new Error('rolled back: the failure of a statement was passed over');
}

/** Ends the transaction, if need be by ending the connection. */
async function rollBack(client: PoolClient): Promise<void> {
  await client.query('ROLLBACK').then(
    () => client.release(),
    () => client.release(true),
  );
}
