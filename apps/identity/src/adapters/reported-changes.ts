import type { Sql } from '@cofactor/event-store';

/** Somebody whose changes are frozen. */
export interface ReportedChange {
  readonly personId: string;
  readonly emailHint: string;
  readonly sealedName: string;
  readonly practices: readonly string[];
  /** RFC 3339. */
  readonly frozenUntil: string;
}

const longestList = 100;

/** Who reported a change of their methods as not their own (PRODUCT HE8), for support to see. */
export class ReportedChanges {
  constructor(private readonly sql: Sql) {}

  /** Those whose changes are frozen at `now`, the latest report first, and how many more there are. */
  async list(now: Date): Promise<{ readonly rows: readonly ReportedChange[]; readonly more: number }> {
    const rows = await this.sql.query<ReportedChange & { readonly total: number }>(
      `SELECT (count(*) OVER ())::int AS total, person_id AS "personId", email_hint AS "emailHint", sealed_name AS "sealedName",
              frozen_until AS "frozenUntil",
              ARRAY(SELECT o.name FROM memberships m JOIN organisations o USING (organisation_id)
                     WHERE m.person_id = p.person_id ORDER BY o.organisation_id) AS practices
         FROM reported_changes JOIN people p USING (person_id)
        WHERE frozen_until > $1 ORDER BY frozen_until DESC, person_id LIMIT ${longestList}`,
      [now.toISOString()],
    );
    return { rows, more: (rows[0]?.total ?? 0) - rows.length };
  }

  /** Forgets those that are over. */
  async sweep(now: Date): Promise<void> {
    await this.sql.query('DELETE FROM reported_changes WHERE frozen_until <= $1', [now.toISOString()]);
  }
}

/** A further report begins the time anew. In the transaction of the fact. */
export async function rememberReport(transaction: Sql, personId: string, until: string): Promise<void> {
  await transaction.query(
    `INSERT INTO reported_changes (person_id, frozen_until) VALUES ($1, $2)
     ON CONFLICT (person_id) DO UPDATE SET frozen_until = greatest(reported_changes.frozen_until, excluded.frozen_until)`,
    [personId, until],
  );
}

/** A reset to which somebody else agreed has ended the freeze. In the transaction of the fact. */
export async function forgetReport(transaction: Sql, personId: string): Promise<void> {
  await transaction.query('DELETE FROM reported_changes WHERE person_id = $1', [personId]);
}
