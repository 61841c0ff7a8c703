/** What the vault needs of its database; the event store's Database is one. */
export interface Sql {
  query<Row>(statement: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

export interface VaultDatabase extends Sql {
  /** All of `work` in one transaction (READ COMMITTED). */
  transaction<T>(work: (transaction: Sql) => Promise<T>): Promise<T>;
}
