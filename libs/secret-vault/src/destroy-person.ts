import type { Sql, VaultDatabase } from './sql';
import { dataKeyTables } from './vault-kind';

/** Where it is written that someone was erased, outside the vault, so that a restored vault can be told (DESIGN §6.12). */
export interface ErasureRecord {
  /** Resolves when it is written for good. */
  personErased(personId: string): Promise<void>;
}

/**
 * Erases everything of a person, of every kind, in one transaction: the data keys, and with them (by the foreign keys)
 * the entries and their blind indexes. What was sealed inside facts can never be opened again. It is recorded first, so
 * that no backup brings them back. Pages of the database, its log and its backups hold the wrapped keys until they are
 * overwritten or expire; rotating the wrapping keys makes those unreadable at once. A later seal for the same id starts
 * a new key, under which nothing old opens.
 */
export async function destroyPerson(database: VaultDatabase, record: ErasureRecord, personId: string): Promise<void> {
  await record.personErased(personId);
  await database.transaction((transaction) => eraseFrom(transaction, [personId]));
}

export async function eraseFrom(transaction: Sql, personIds: readonly string[]): Promise<void> {
  for (const table of Object.values(dataKeyTables)) {
    await transaction.query(`DELETE FROM ${table} WHERE person_id = ANY ($1::text[])`, [personIds]);
  }
}
