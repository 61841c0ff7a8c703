import { DataKeys, dataKeyColumns, type DataKeyRow, type VaultParts } from '../keys/data-keys';
import type { KeyedHashes } from '../keys/master-key';
import { openJson, sealJson } from '../sealing';
import { normaliseContact, type ContactChannel } from './normalise-contact';

const kind = 'contact';
const binding = (contactId: string, personId: string, channel: ContactChannel) => [kind, contactId, personId, channel];

export interface NewContact {
  readonly contactId: string;
  readonly personId: string;
  readonly channel: ContactChannel;
  readonly value: string;
  /** When it is dead unless it was activated; null: active at once. */
  readonly expiresAt: Date | null;
}

export interface ContactParts extends VaultParts {
  readonly keyedHashes: KeyedHashes;
}

interface ContactRow extends DataKeyRow {
  readonly contact_id: string;
  readonly sealed: Buffer;
}

export interface OpenContact {
  readonly contactId: string;
  readonly value: string;
}

const openActive = `SELECT ${dataKeyColumns}, e.contact_id, e.sealed
           FROM contact_key k JOIN contact e USING (data_key_id)
          WHERE k.person_id = $1 AND e.channel = $2 AND e.state = 'active'
          ORDER BY e.sealed_at DESC, e.contact_id DESC`;

/**
 * Addresses and numbers to write to. The vault does not make them unique: that is a claim on `indexOf`, committed by
 * identity with its own facts, so that a crash in between blocks no registration.
 */
export class Contacts {
  private readonly dataKeys: DataKeys;

  constructor(private readonly parts: ContactParts) {
    this.dataKeys = new DataKeys(kind, parts);
  }

  /** The keyed hash of the normalised value: equal for two spellings of one contact, for uniqueness and ceilings. */
  indexOf(channel: ContactChannel, value: string): string {
    return this.parts.keyedHashes.blindIndex(kind, JSON.stringify([channel, normaliseContact(channel, value)]));
  }

  /** The value is kept as it was typed. A contact id is sealed once; the database refuses a second time. */
  async seal({ contactId, personId, channel, value, expiresAt }: NewContact): Promise<void> {
    await this.dataKeys.sealWith(personId, async ({ id, key }) => {
      const sealed = sealJson(key, value, binding(contactId, personId, channel));
      const rows = await this.parts.database.query(
        `INSERT INTO contact (contact_id, data_key_id, channel, blind_index, state, expires_at, sealed_at, sealed)
         SELECT $1, data_key_id, $3, $4, CASE WHEN $5::timestamptz IS NULL THEN 'active' ELSE 'pending' END, $5, $6, $7
           FROM contact_key WHERE data_key_id = $2 RETURNING true`,
        [contactId, id, channel, this.indexOf(channel, value), expiresAt, this.parts.clock.now(), sealed],
      );
      return rows.length > 0;
    });
  }

  /** As FactorSecrets.activate: it may be called again, and answers whether the contact is there and active. */
  async activate(contactId: string): Promise<boolean> {
    const rows = await this.parts.database.query(
      "UPDATE contact SET state = 'active', expires_at = NULL WHERE contact_id = $1 RETURNING true",
      [contactId],
    );
    return rows.length > 0;
  }

  /** The person's newest active contact of the channel, in one statement; null where there is none. */
  async openFor(personId: string, channel: ContactChannel): Promise<string | null> {
    const [row] = await this.parts.database.query<ContactRow>(`${openActive} LIMIT 1`, [personId, channel]);
    return row === undefined ? null : this.open(row, personId, channel);
  }

  /**
   * Every active contact of the channel, the newest first. Whoever replaces one leaves the one before active until those
   * it served were told (R6, DESIGN §6.9), then destroys it.
   */
  async openAllFor(personId: string, channel: ContactChannel): Promise<readonly OpenContact[]> {
    const rows = await this.parts.database.query<ContactRow>(openActive, [personId, channel]);
    return Promise.all(
      rows.map(async (row) => ({ contactId: row.contact_id, value: await this.open(row, personId, channel) })),
    );
  }

  private async open(row: ContactRow, personId: string, channel: ContactChannel): Promise<string> {
    const { key } = await this.dataKeys.keyOf(row);
    return String(openJson(key, row.sealed, binding(row.contact_id, personId, channel)));
  }

  /** Destroying what is not there is no error. */
  async destroy(contactId: string): Promise<void> {
    await this.parts.database.query('DELETE FROM contact WHERE contact_id = $1', [contactId]);
  }

  /** As FactorSecrets.sweepExpired. */
  async sweepExpired(now: Date): Promise<number> {
    const rows = await this.parts.database.query(
      "DELETE FROM contact WHERE state = 'pending' AND expires_at < $1 RETURNING true",
      [now],
    );
    return rows.length;
  }
}
