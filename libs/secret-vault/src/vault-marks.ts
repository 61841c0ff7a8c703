import type { Sql, VaultDatabase } from './sql';

/** How far a service had come when the vault was as it is now. */
export interface VaultMark {
  /** A restore begins another. */
  readonly epoch: number;
  /** The largest that the service has left in this epoch; 0 for none. */
  readonly last: number;
}

/** The marks of one service in the vault, by which a vault that came back from a backup is recognised (docs/adr/0010). */
export class VaultMarks {
  constructor(
    private readonly database: Sql,
    private readonly service: string,
  ) {}

  async read(): Promise<VaultMark> {
    const [found] = await this.database.query<VaultMark>(
      `SELECT epoch, coalesce((SELECT last FROM mark WHERE role = current_user AND service = $1), 0) AS last
         FROM vault_epoch`,
      [this.service],
    );
    if (!found) throw new Error('vault_epoch is empty: the vault is not migrated');
    return found;
  }

  /** Never lowers it. */
  async leave(mark: number): Promise<void> {
    await this.database.query(
      `INSERT INTO mark (service, last) VALUES ($1, $2)
       ON CONFLICT (role, service) DO UPDATE SET last = greatest(mark.last, excluded.last)`,
      [this.service, mark],
    );
  }
}

/**
 * Begins a new epoch of the vault, in which its services accept it whatever they had left in it. As the owner of the
 * tables, once what a restore brought back is destroyed again. Numbered by the clock: a backup does not know of later ones.
 */
export async function beginVaultEpoch(database: VaultDatabase): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query('UPDATE vault_epoch SET epoch = greatest(epoch + 1, extract(epoch FROM now())::bigint)');
    await transaction.query('DELETE FROM mark');
  });
}
