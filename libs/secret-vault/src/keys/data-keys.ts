import { randomBytes, randomUUID } from 'node:crypto';
import { keyBytes } from '../sealing';
import type { Sql, VaultDatabase } from '../sql';
import { dataKeyTables, type VaultKind } from '../vault-kind';
import { DataKeyCache, type DataKey } from './data-key-cache';
import type { MasterKey } from './master-key';

/** What the parts of the vault are made of. */
export interface VaultParts {
  readonly database: VaultDatabase;
  readonly masterKey: MasterKey;
  readonly clock: { now(): Date };
}

/** A data key as its row holds it. */
export interface DataKeyRow {
  readonly person_id: string;
  readonly data_key_id: string;
  readonly wrapping_key_id: string;
  readonly wrapped: Buffer;
}
export const dataKeyColumns = 'k.person_id, k.data_key_id, k.wrapping_key_id, k.wrapped';

/**
 * Held in share by whoever wraps a new data key, exclusively while the key file changes: a key that is being retired
 * can wrap nothing new.
 */
export const keyChangeLock = "hashtext('cofactor vault: wrapping keys')";

/** The data keys of one kind: one for each person, made at the first seal. */
export class DataKeys {
  private readonly table: string;
  private readonly cache: DataKeyCache;

  constructor(
    private readonly kind: VaultKind,
    private readonly parts: VaultParts,
  ) {
    this.table = dataKeyTables[kind];
    this.cache = new DataKeyCache(parts.clock);
  }

  /** For sealing: the person's key, which may have been destroyed up to a minute ago. */
  async ofPerson(personId: string): Promise<DataKey> {
    return this.cache.get(personId) ?? (await this.keyOf((await this.stored(personId)) ?? (await this.made(personId))));
  }

  /**
   * Seals by `insert`, which answers whether the row of the data key that it was given still stood. When the key had
   * been destroyed meanwhile, it is asked once more with a new one.
   */
  async sealWith(personId: string, insert: (dataKey: DataKey) => Promise<boolean>): Promise<void> {
    if (await insert(await this.ofPerson(personId))) return;
    this.cache.forget(personId);
    if (await insert(await this.ofPerson(personId))) return;
    throw new Error('the data key was destroyed again and again while something was sealed under it');
  }

  /** For opening: only with a row that was read just now, so that a destroyed key opens nothing. */
  async keyOf(row: DataKeyRow): Promise<DataKey> {
    const cached = this.cache.get(row.person_id);
    if (cached?.id === row.data_key_id) return cached;
    const wrapped = { keyId: row.wrapping_key_id, wrapped: row.wrapped };
    const dataKey = {
      id: row.data_key_id,
      key: await this.parts.masterKey.unwrap(this.kind, row.person_id, wrapped),
    };
    this.cache.set(row.person_id, dataKey);
    return dataKey;
  }

  /** The rows of these people, in no order; one that is missing was destroyed or never made. */
  rowsOf(personIds: readonly string[]): Promise<DataKeyRow[]> {
    return this.select(this.parts.database, personIds);
  }

  private async stored(personId: string, sql: Sql = this.parts.database): Promise<DataKeyRow | null> {
    return (await this.select(sql, [personId]))[0] ?? null;
  }

  private select(sql: Sql, personIds: readonly string[]): Promise<DataKeyRow[]> {
    return sql.query<DataKeyRow>(`SELECT ${dataKeyColumns} FROM ${this.table} k WHERE k.person_id = ANY ($1)`, [
      personIds,
    ]);
  }

  /** Whoever is first makes it; all others get the same. */
  private made(personId: string): Promise<DataKeyRow> {
    return this.parts.database.transaction(async (transaction) => {
      await transaction.query(`SELECT pg_advisory_xact_lock_shared(${keyChangeLock})`);
      const { keyId, wrapped } = await this.parts.masterKey.wrap(this.kind, personId, randomBytes(keyBytes));
      await transaction.query(
        `INSERT INTO ${this.table} (person_id, data_key_id, wrapping_key_id, wrapped) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_id) DO NOTHING`,
        [personId, randomUUID(), keyId, wrapped],
      );
      const row = await this.stored(personId, transaction);
      if (row === null) throw new Error('a data key was destroyed while it was made');
      return row;
    });
  }
}
