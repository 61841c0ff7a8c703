import { DataKeys, dataKeyColumns, type DataKeyRow, type VaultParts } from '../keys/data-keys';
import { openJson, sealJson } from '../sealing';

const kind = 'password';
const binding = (personId: string) => [kind, personId];

interface PasswordRow extends DataKeyRow {
  readonly sealed: Buffer;
}

const openOne = `SELECT ${dataKeyColumns}, e.sealed FROM password_key k JOIN password e USING (data_key_id)
          WHERE k.person_id = $1`;

/** The verifier hash of each person's password; only identity has a right to it. */
export class Passwords {
  private readonly dataKeys: DataKeys;

  constructor(private readonly parts: VaultParts) {
    this.dataKeys = new DataKeys(kind, parts);
  }

  /** Replaces an earlier one. */
  async store(personId: string, hash: string): Promise<void> {
    await this.dataKeys.sealWith(personId, async ({ id, key }) => {
      const rows = await this.parts.database.query(
        `INSERT INTO password (data_key_id, sealed)
         SELECT data_key_id, $2 FROM password_key WHERE data_key_id = $1
         ON CONFLICT (data_key_id) DO UPDATE SET sealed = excluded.sealed RETURNING true`,
        [id, sealJson(key, hash, binding(personId))],
      );
      return rows.length > 0;
    });
  }

  /** Where there is none yet; answers whether it is there now by this call. */
  async storeFirst(personId: string, hash: string): Promise<boolean> {
    let stored = false;
    await this.dataKeys.sealWith(personId, async ({ id, key }) => {
      const [row] = await this.parts.database.query<{ stored: boolean }>(
        `WITH held AS (SELECT data_key_id FROM password_key WHERE data_key_id = $1), inserted AS (
           INSERT INTO password (data_key_id, sealed) SELECT data_key_id, $2 FROM held
           ON CONFLICT (data_key_id) DO NOTHING RETURNING true)
         SELECT EXISTS (SELECT 1 FROM inserted) AS stored FROM held`,
        [id, sealJson(key, hash, binding(personId))],
      );
      stored = row?.stored ?? false;
      return row !== undefined;
    });
    return stored;
  }

  /** One statement; null where there is none. */
  async open(personId: string): Promise<string | null> {
    const [row] = await this.parts.database.query<PasswordRow>(openOne, [personId]);
    if (row === undefined) return null;
    const { key } = await this.dataKeys.keyOf(row);
    return String(openJson(key, row.sealed, binding(personId)));
  }

  /** Destroying what is not there is no error. */
  async destroy(personId: string): Promise<void> {
    await this.parts.database.query(
      'DELETE FROM password WHERE data_key_id IN (SELECT data_key_id FROM password_key WHERE person_id = $1)',
      [personId],
    );
  }
}
