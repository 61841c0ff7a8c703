import { DataKeys, type VaultParts } from '../keys/data-keys';
import { openJson, sealJson } from '../sealing';
import { VaultTampered } from '../vault-errors';

const kind = 'personal-field';
const version = 1;
const idBytes = 16;
const binding = (dataKeyId: string, personId: string) => [kind, dataKeyId, personId];

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface SealedField {
  readonly personId: string;
  readonly sealed: string;
}

const idOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/**
 * Personal data inside facts: sealed text that stays where it was written for ever, and turns into noise when the
 * person's key is destroyed (BX7). `personId` may be `installation` where nobody is known.
 */
export class PersonalFields {
  private readonly dataKeys: DataKeys;

  constructor(parts: VaultParts) {
    this.dataKeys = new DataKeys(kind, parts);
  }

  /** version ‖ id of the data key ‖ nonce ‖ ciphertext ‖ tag, in base64url. Mostly without asking the database. */
  async seal(personId: string, value: Json): Promise<string> {
    const { id, key } = await this.dataKeys.ofPerson(personId);
    const head = Buffer.concat([Buffer.of(version), Buffer.from(id.replaceAll('-', ''), 'hex')]);
    return Buffer.concat([head, sealJson(key, value, binding(id, personId))]).toString('base64url');
  }

  /** Null when the key that it was sealed under has been destroyed. Throws VaultTampered. */
  async open(personId: string, sealed: string): Promise<unknown> {
    const [value] = await this.openMany([{ personId, sealed }]);
    return value;
  }

  /** All of them, in their order, in one statement. */
  async openMany(fields: readonly SealedField[]): Promise<unknown[]> {
    const rows = await this.dataKeys.rowsOf([...new Set(fields.map(({ personId }) => personId))]);
    const keys = new Map<string, Buffer>();
    for (const row of rows) keys.set(row.person_id, (await this.dataKeys.keyOf(row)).key);
    const ids = new Map(rows.map((row) => [row.person_id, row.data_key_id]));
    return fields.map(({ personId, sealed }) => {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes[0] !== version) throw new VaultTampered();
      const id = idOf(bytes.subarray(1, 1 + idBytes));
      const key = keys.get(personId);
      if (key === undefined || ids.get(personId) !== id) return null;
      return openJson(key, bytes.subarray(1 + idBytes), binding(id, personId));
    });
  }
}
