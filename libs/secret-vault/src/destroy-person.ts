import type { VaultDatabase } from './sql';
import { dataKeyTables } from './vault-kind';

/**
 * Erases everything of a person, of every kind, in one transaction: the data keys, and with them (by the foreign keys)
 * the entries and their blind indexes. What was sealed inside facts can never be opened again. Pages of the database,
 * its log and its backups hold the wrapped keys until they are overwritten or expire; rotating the wrapping keys
 * makes those unreadable at once. A later seal for the same id starts a new key, under which nothing old opens.
 */
export async function destroyPerson(database: VaultDatabase, personId: string): Promise<void> {
  await database.transaction(async (transaction) => {
    for (const table of Object.values(dataKeyTables)) {
      await transaction.query(`DELETE FROM ${table} WHERE person_id = $1`, [personId]);
    }
  });
}
