import { eraseFrom } from './destroy-person';
import type { VaultDatabase } from './sql';

/** What was destroyed after the backup was made. */
export interface Destroyed {
  /** Factors and sets of recovery codes that were revoked or replaced. */
  readonly credentialIds: readonly string[];
  readonly personIds: readonly string[];
  /** Codes of authenticator apps up to this step (RFC 6238) may have been used. */
  readonly spentStep: number;
}

/**
 * Destroys again what a restored vault brought back (DESIGN §6.12), in one transaction; as often as you like. As the owner
 * of the tables, before any service runs.
 */
export async function destroyAgain(database: VaultDatabase, destroyed: Destroyed): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query('DELETE FROM factor_secret WHERE credential_id = ANY ($1::text[])', [
      destroyed.credentialIds,
    ]);
    await eraseFrom(transaction, destroyed.personIds);
    await transaction.query(
      `UPDATE factor_secret SET accepted_step = greatest(accepted_step, $1::bigint)
        WHERE type = 'totp' AND state = 'active'`,
      [destroyed.spentStep],
    );
  });
}
