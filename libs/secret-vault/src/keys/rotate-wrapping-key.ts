import type { Sql, VaultDatabase } from '../sql';
import { dataKeyTables, type VaultKind } from '../vault-kind';
import { dataKeyColumns, keyChangeLock, type DataKeyRow } from './data-keys';
import type { RotatableMasterKey, WrappedDataKey } from './master-key';

const batchSize = 100;

/** Runs under the role that owns the vault. */
export interface RotationParts {
  readonly database: VaultDatabase;
  readonly masterKey: RotatableMasterKey;
}

/**
 * Replaces the wrapping key of a kind while seals and opens go on: a new key, every data key wrapped anew in small
 * batches, the old keys destroyed. Interrupted anywhere, it goes on where it stood when it is run again. Every service
 * that holds the kind must read the same key file; afterwards copies of the old file open nothing but old backups.
 */
export async function rotateWrappingKey({ database, masterKey }: RotationParts, kind: VaultKind): Promise<void> {
  await whileNobodyWraps(database, async () => {
    // More than one: an earlier rotation was interrupted, and this one finishes it.
    if ((await masterKey.wrappingKeyIds(kind)).length === 1) await masterKey.addWrappingKey(kind);
  });
  await rewrapAll({ database, masterKey }, kind);
  await whileNobodyWraps(database, async (transaction) => {
    const [left] = await nextBatch(transaction, kind, await masterKey.currentKeyId(kind), '');
    if (left !== undefined) throw new Error('another service still wraps under an older key: give it this key file');
    await masterKey.retireWrappingKeys(kind);
  });
}

/** Waits for new data keys that are being wrapped, and holds further ones back while the key file changes. */
async function whileNobodyWraps(database: VaultDatabase, change: (transaction: Sql) => Promise<void>): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query(`SELECT pg_advisory_xact_lock(${keyChangeLock})`);
    await change(transaction);
  });
}

async function rewrapAll(parts: RotationParts, kind: VaultKind): Promise<void> {
  let after = '';
  for (;;) {
    const batch = await nextBatch(parts.database, kind, await parts.masterKey.currentKeyId(kind), after);
    const last = batch.at(-1);
    if (last === undefined) return;
    await rewrap(parts, kind, batch);
    after = last.person_id;
  }
}

/** People in order, so that no row is read twice. */
function nextBatch(sql: Sql, kind: VaultKind, currentKeyId: string, after: string) {
  return sql.query<DataKeyRow>(
    `SELECT ${dataKeyColumns} FROM ${dataKeyTables[kind]} k
      WHERE k.wrapping_key_id <> $1 AND k.person_id > $2 ORDER BY k.person_id LIMIT ${batchSize}`,
    [currentKeyId, after],
  );
}

async function rewrap({ database, masterKey }: RotationParts, kind: VaultKind, batch: readonly DataKeyRow[]) {
  const anew: WrappedDataKey[] = [];
  for (const row of batch) {
    const old = { keyId: row.wrapping_key_id, wrapped: row.wrapped };
    anew.push(await masterKey.wrap(kind, row.person_id, await masterKey.unwrap(kind, row.person_id, old)));
  }
  // Only rows that are as they were read: what a rotation beside this one has wrapped anew stays so.
  await database.query(
    `UPDATE ${dataKeyTables[kind]} k SET wrapping_key_id = anew.key_id, wrapped = anew.wrapped
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[]) AS anew(data_key_id, old_key_id, key_id, wrapped)
      WHERE k.data_key_id = anew.data_key_id AND k.wrapping_key_id = anew.old_key_id`,
    [
      batch.map((row) => row.data_key_id),
      batch.map((row) => row.wrapping_key_id),
      anew.map(({ keyId }) => keyId),
      anew.map(({ wrapped }) => wrapped),
    ],
  );
}
