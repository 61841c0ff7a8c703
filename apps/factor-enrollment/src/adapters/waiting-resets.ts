import { instantSchema, waitingResetSchema, type FactorEnrollmentEvent } from '@cofactor/contracts';
import type { SideRow } from '@cofactor/event-sourcing';
import type { Sql } from '@cofactor/event-store';
import { z } from 'zod';

const columns = `reset_id AS "resetId", person_id AS "personId", requested_by AS "requestedBy", reason, explanation,
  requested_at AS "requestedAt", expires_at AS "expiresAt"`;
const open = 'decided = false AND expires_at > $1';

export type WaitingReset = z.output<typeof waitingResetSchema>;

/** A reset for which nobody came in time, and the practices in whose logs that is told. */
export interface OverdueReset {
  readonly resetId: string;
  readonly personId: string;
  readonly concerned: readonly string[];
}

/** Which resets wait for someone to approve them. Written in the commit of their facts; the stream decides. */
export class WaitingResets {
  constructor(private readonly sql: Sql) {}

  /** Those that administrators of this practice can approve; or (null) those that support can. The oldest first. */
  async list(organisationId: string | null, now: Date): Promise<readonly WaitingReset[]> {
    const whose = organisationId === null ? `reason = 'support-request'` : '$2 = ANY (organisation_ids)';
    const parameters = [now.toISOString(), ...(organisationId === null ? [] : [organisationId])];
    const sql = `SELECT ${columns} FROM resets_for_approval WHERE ${open} AND ${whose} ORDER BY requested_at, reset_id`;
    return (await this.sql.query<object>(sql, parameters)).map(read);
  }

  /** One that waits, or was decided on within the last day. */
  async find(resetId: string): Promise<WaitingReset | null> {
    const sql = `SELECT ${columns} FROM resets_for_approval WHERE reset_id = $1`;
    const [row] = await this.sql.query<object>(sql, [resetId]);
    return row ? read(row) : null;
  }

  overdue(now: Date): Promise<readonly OverdueReset[]> {
    return this.sql.query<OverdueReset>(
      `SELECT reset_id AS "resetId", person_id AS "personId", concerned FROM resets_for_approval
       WHERE decided = false AND expires_at <= $1`,
      [now.toISOString()],
    );
  }

  /** Forgets, a day after it would have expired, what was decided. */
  async sweep(now: Date): Promise<void> {
    await this.sql.query(
      `DELETE FROM resets_for_approval WHERE decided AND expires_at < $1::timestamptz - interval '24 hours'`,
      [now.toISOString()],
    );
  }
}

const instant = z.coerce.date().transform((date) => instantSchema.parse(date.toISOString()));
const rowSchema = waitingResetSchema.extend({ requestedAt: instant, expiresAt: instant });
const read = (row: object): WaitingReset => rowSchema.parse(row);

/** What becomes of the list with these events; `concerned` are all the practices of the person. */
export const waitingResetRows = (
  events: readonly FactorEnrollmentEvent[],
  concerned: readonly string[],
  now: string,
): readonly SideRow[] => events.flatMap((event) => rowOf(event, concerned, now) ?? []);

const decisions: readonly FactorEnrollmentEvent['type'][] = ['reset.approved', 'reset.rejected', 'reset.expired'];

function rowOf({ type, data }: FactorEnrollmentEvent, concerned: readonly string[], now: string): SideRow | null {
  if (type === 'reset.requested' && data.approval.kind === 'needed') {
    const { resetId, personId, requestedBy, reason, explanation } = data;
    const { organisationIds, expiresAt } = data.approval;
    return {
      sql: `INSERT INTO resets_for_approval (reset_id, person_id, requested_by, reason, explanation, organisation_ids,
              concerned, requested_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      parameters: [
        ...[resetId, personId, requestedBy, reason, explanation],
        ...[organisationIds, [...concerned], now, expiresAt],
      ],
    };
  }
  if (!decisions.includes(type) || !('resetId' in data)) return null;
  return { sql: 'UPDATE resets_for_approval SET decided = true WHERE reset_id = $1', parameters: [data.resetId] };
}
