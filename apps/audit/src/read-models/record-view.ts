import type { Database } from '@cofactor/event-store';
import type { AuditRecord } from '../domain/record';

/** Which records of one organisation are wanted. Null filters nothing. */
export interface RecordQuery {
  readonly organisationId: string;
  /** Only leaves older than this one. */
  readonly before: number | null;
  readonly limit: number;
  /** The id of whoever it happened to, or who did it. */
  readonly subject: string | null;
  readonly type: string | null;
  /** RFC 3339: at or after `from`, before `to`. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface LoggedRecord {
  readonly leafIndex: number;
  readonly record: AuditRecord;
}

/** Where the log and its view stand. */
export type Records = Pick<Database, 'transaction'>;

interface Row {
  readonly leaf_index: number;
  readonly record: string;
}

/** A statement that grows with its parameters. */
class Conditions {
  readonly parameters: unknown[] = [];
  private readonly texts: string[] = [];

  /** `text` names the value as `$`. */
  where(text: string, value: unknown): this {
    if (value !== null) this.texts.push(text.replace('$', this.parameter(value)));
    return this;
  }

  parameter(value: unknown): string {
    return `$${this.parameters.push(value)}`;
  }

  get sql(): string {
    return this.texts.join(' AND ');
  }
}

function leavesOf(query: RecordQuery): { readonly sql: string; readonly parameters: readonly unknown[] } {
  const conditions = new Conditions()
    .where('organisation_id = $', query.organisationId)
    .where('leaf_index < $', query.before)
    .where('type = $', query.type)
    .where('at >= $', query.from)
    .where('at < $', query.to);
  const limit = conditions.parameter(query.limit);
  const newest = (besides: string) =>
    `(SELECT organisation_id, leaf_index FROM record_view WHERE ${conditions.sql}${besides}
      ORDER BY leaf_index DESC LIMIT ${limit})`;
  if (query.subject === null) return { sql: newest(''), parameters: conditions.parameters };
  // Two index scans that each stop at the limit; one with OR would read everything of the organisation.
  const subject = conditions.parameter(query.subject);
  const sql = `${newest(` AND subject_id = ${subject}`)} UNION ${newest(` AND actor_id = ${subject}`)}`;
  return { sql: `(${sql} ORDER BY leaf_index DESC LIMIT ${limit})`, parameters: conditions.parameters };
}

/**
 * The newest records that fit, newest first. Records that are added meanwhile never move a page that follows. Planned
 * for what is asked for: which index serves a filter best hangs on how rare its values are.
 */
export async function findRecords(database: Records, query: RecordQuery): Promise<readonly LoggedRecord[]> {
  const { sql, parameters } = leavesOf(query);
  const find = `SELECT leaf_index, record FROM ${sql} AS wanted JOIN audit_log USING (organisation_id, leaf_index)
     ORDER BY leaf_index DESC`;
  const rows = await database.transaction(async (transaction) => {
    // One after the other on the connection, in one round trip.
    const planned = transaction.query('SET LOCAL plan_cache_mode = force_custom_plan');
    const [, found] = await Promise.all([planned, transaction.query<Row>(find, parameters)]);
    return found;
  });
  // Only this service adds to the log, and only texts of this shape.
  return rows.map((row) => ({ leafIndex: row.leaf_index, record: JSON.parse(row.record) as AuditRecord }));
}
