import type { Sql } from '@cofactor/event-store';
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
  const newest = (besides: string) =>
    `(SELECT organisation_id, leaf_index FROM record_view WHERE ${conditions.sql}${besides}
      ORDER BY leaf_index DESC LIMIT ${query.limit})`;
  if (query.subject === null) return { sql: newest(''), parameters: conditions.parameters };
  // Two index scans that each stop at the limit; one with OR would read everything of the organisation.
  const subject = conditions.parameter(query.subject);
  const sql = `${newest(` AND subject_id = ${subject}`)} UNION ${newest(` AND actor_id = ${subject}`)}`;
  return { sql: `(${sql} ORDER BY leaf_index DESC LIMIT ${query.limit})`, parameters: conditions.parameters };
}

/** The newest records that fit, newest first. Records that are added meanwhile never move a page that follows. */
export async function findRecords(database: Sql, query: RecordQuery): Promise<readonly LoggedRecord[]> {
  const { sql, parameters } = leavesOf(query);
  const rows = await database.query<Row>(
    `SELECT leaf_index, record FROM ${sql} AS wanted JOIN audit_log USING (organisation_id, leaf_index)
     ORDER BY leaf_index DESC`,
    parameters,
  );
  // Only this service adds to the log, and only texts of this shape.
  return rows.map((row) => ({ leafIndex: row.leaf_index, record: JSON.parse(row.record) as AuditRecord }));
}
