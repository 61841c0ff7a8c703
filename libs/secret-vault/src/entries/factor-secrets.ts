import { DataKeys, dataKeyColumns, type DataKeyRow, type VaultParts } from '../keys/data-keys';
import { openJson, sealJson } from '../sealing';

const kind = 'factor-secret';
const binding = (credentialId: string, personId: string, type: string) => [kind, credentialId, personId, type];

export interface NewFactorSecret {
  readonly credentialId: string;
  readonly personId: string;
  readonly type: string;
  /** JSON; what the factor's verification needs. */
  readonly material: unknown;
  /** Keyed hash of what makes two credentials the same; null where nothing does. */
  readonly blindIndex: string | null;
  /** When it is dead unless it was activated. */
  readonly expiresAt: Date;
}

/** What a confirmed set-up keeps in the place of what it was started with. */
export type ConfirmedSecret = Omit<NewFactorSecret, 'expiresAt'>;

export interface FactorSecret {
  readonly personId: string;
  readonly type: string;
  /** A pending one must not be accepted at sign-in (DESIGN §6.3). */
  readonly state: 'pending' | 'active';
  readonly material: unknown;
  /** The TOTP step that confirmed the enrolment; it is spent. */
  readonly acceptedStep: number | null;
}

interface FactorSecretRow extends DataKeyRow {
  readonly type: string;
  readonly state: 'pending' | 'active';
  readonly accepted_step: number | null;
  readonly sealed: Buffer;
}

const openOne = `SELECT ${dataKeyColumns}, e.type, e.state, e.accepted_step::double precision AS accepted_step, e.sealed
           FROM factor_secret e JOIN factor_secret_key k USING (data_key_id)
          WHERE e.credential_id = $1 AND (e.state = 'active' OR e.expires_at > $2)`;

/** Seeds, passkeys and code hashes by credential id: the bridge between enrolment and challenge (DESIGN §6.3). */
export class FactorSecrets {
  private readonly dataKeys: DataKeys;

  constructor(private readonly parts: VaultParts) {
    this.dataKeys = new DataKeys(kind, parts);
  }

  /** Keeps it as pending. A credential id is sealed once; the database refuses a second time. */
  async seal({ credentialId, personId, type, material, blindIndex, expiresAt }: NewFactorSecret): Promise<void> {
    await this.dataKeys.sealWith(personId, async ({ id, key }) => {
      const sealed = sealJson(key, material, binding(credentialId, personId, type));
      const rows = await this.parts.database.query(
        `INSERT INTO factor_secret (credential_id, data_key_id, type, state, expires_at, sealed, blind_index)
         SELECT $1, data_key_id, $3, 'pending', $4, $5, $6 FROM factor_secret_key WHERE data_key_id = $2 RETURNING true`,
        [credentialId, id, type, expiresAt, sealed, blindIndex],
      );
      return rows.length > 0;
    });
  }

  /** Replaces the material of a pending entry by what its confirmation brought; an active one is left as it is. */
  async confirm({ credentialId, personId, type, material, blindIndex }: ConfirmedSecret): Promise<void> {
    await this.dataKeys.sealWith(personId, async ({ id, key }) => {
      const sealed = sealJson(key, material, binding(credentialId, personId, type));
      await this.parts.database.query(
        `UPDATE factor_secret SET sealed = $3, blind_index = $4
          WHERE credential_id = $1 AND data_key_id = $2 AND state = 'pending'`,
        [credentialId, id, sealed, blindIndex],
      );
      return true;
    });
  }

  /** Who holds an active credential of this blind index. */
  async holdersOf(blindIndex: string): Promise<readonly string[]> {
    const rows = await this.parts.database.query<{ readonly person_id: string }>(
      `SELECT DISTINCT k.person_id FROM factor_secret e JOIN factor_secret_key k USING (data_key_id)
        WHERE e.blind_index = $1 AND e.state = 'active' ORDER BY k.person_id`,
      [blindIndex],
    );
    return rows.map((row) => row.person_id);
  }

  /**
   * One statement. Null for an entry that was destroyed (at once, in every process), was never sealed, or is pending
   * and has expired. Throws VaultTampered.
   */
  async open(credentialId: string): Promise<FactorSecret | null> {
    const [row] = await this.parts.database.query<FactorSecretRow>(openOne, [
      credentialId,
      this.parts.clock.now().toISOString(),
    ]);
    if (row === undefined) return null;
    const { key } = await this.dataKeys.keyOf(row);
    return {
      personId: row.person_id,
      type: row.type,
      state: row.state,
      material: openJson(key, row.sealed, binding(credentialId, row.person_id, row.type)),
      acceptedStep: row.accepted_step,
    };
  }

  /**
   * Makes a pending entry active, even one that has expired: its enrolment was committed in time. The step that stands
   * with an active one is kept, so it may be called again. Answers whether the entry is there and active.
   */
  async activate(credentialId: string, { acceptedStep }: { readonly acceptedStep: number | null }): Promise<boolean> {
    const rows = await this.parts.database.query(
      `UPDATE factor_secret
          SET state = 'active', expires_at = NULL,
              accepted_step = CASE state WHEN 'pending' THEN $2::bigint ELSE accepted_step END
        WHERE credential_id = $1 RETURNING true`,
      [credentialId, acceptedStep],
    );
    return rows.length > 0;
  }

  /** The factor is dead for every service at once. Destroying what is not there is no error. */
  async destroy(credentialId: string): Promise<void> {
    await this.parts.database.query('DELETE FROM factor_secret WHERE credential_id = $1', [credentialId]);
  }

  /**
   * Destroys pending entries that expired before `now` and answers how many. Leave more time than a crashed
   * confirmation needs to be finished: an enrolment that was committed may still wait for `activate`.
   */
  async sweepExpired(now: Date): Promise<number> {
    const rows = await this.parts.database.query(
      "DELETE FROM factor_secret WHERE state = 'pending' AND expires_at < $1 RETURNING true",
      [now],
    );
    return rows.length;
  }
}
