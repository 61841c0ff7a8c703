import { rebuildReadModel, type CopyValue, type Database, type LogRow, type Sql } from '@cofactor/event-store';
import type { AuditRecord } from '../domain/record';
import { derivedFrom, viewColumns } from './record-view.table';

/** The log does not hold what it must. */
export class RecordsIncomplete extends Error {
  override readonly name = 'RecordsIncomplete';
}

/** What must hold of the log and the view, each as a count of violations. */
const checks: readonly (readonly [violation: string, sql: string])[] = [
  [
    'logs with a gap in their leaves',
    `SELECT count(*)::int AS found FROM (SELECT FROM audit_log GROUP BY organisation_id
      HAVING min(leaf_index) <> 0 OR max(leaf_index) + 1 <> count(*)) AS gaps`,
  ],
  [
    'leaves that are in the log or in the view alone',
    `SELECT count(*)::int AS found FROM audit_log FULL JOIN record_view USING (organisation_id, leaf_index)
      WHERE record_id IS NULL OR type IS NULL`,
  ],
  [
    // Each version of a stream that took effect here has a record, unless an operator discarded it.
    'streams with a fact that has no record',
    `SELECT count(*)::int AS found
       FROM (SELECT stream, sum(version) AS facts FROM inbox WHERE consumer = 'audit' GROUP BY stream) AS taken
       LEFT JOIN (SELECT stream, count(DISTINCT version) AS facts FROM record_view GROUP BY stream) AS recorded
         USING (stream)
       LEFT JOIN (SELECT d.stream, count(*) AS facts FROM dead_letters d
                    JOIN inbox i USING (consumer, source, stream)
                   WHERE d.consumer = 'audit' AND d.state = 'discarded' AND d.version <= i.version
                   GROUP BY d.stream) AS discarded USING (stream)
      WHERE taken.facts > coalesce(recorded.facts, 0) + coalesce(discarded.facts, 0)`,
  ],
];

/**
 * Whether the log, the view and what was taken in agree, in one snapshot, without keeping anybody waiting. Throws
 * RecordsIncomplete.
 */
export async function checkRecords(owner: Database): Promise<void> {
  const connection = await owner.connectForBulk();
  try {
    await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    for (const [violation, sql] of checks) {
      const { rows } = await connection.query<{ found: number }>(sql);
      const found = rows[0]?.found ?? 0;
      if (found > 0) throw new RecordsIncomplete(`${found} ${violation}`);
    }
  } finally {
    await connection.end();
  }
}

function viewRow(row: LogRow): readonly CopyValue[] {
  // Only this service adds to the log, and only texts of this shape.
  const record = JSON.parse(row.text('record')) as AuditRecord;
  return [row.text('organisation_id'), row.number('leaf_index'), ...derivedFrom(record)];
}

async function follow(transaction: Sql, table: string, row: LogRow): Promise<void> {
  const places = viewColumns.map((_column, index) => `$${index + 1}`);
  await transaction.query(
    `INSERT INTO ${table} (${viewColumns.join(', ')}) VALUES (${places.join(', ')})`,
    viewRow(row),
  );
}

async function checkpoint(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ position: number }>('SELECT coalesce(max(position), 0) AS position FROM audit_log');
  return row?.position ?? 0;
}

/**
 * Derives the view from the log anew while the old one answers, and checks that the set of records is complete. The
 * log itself is never rebuilt: the order of its leaves is truth (DESIGN §5 Audit). `owner` is the database under the
 * role that owns the tables. Answers how many records it read; throws RecordsIncomplete when some are missing.
 */
export async function rebuildRecordView(owner: Database): Promise<number> {
  const read = await rebuildReadModel({
    source: owner,
    log: { table: 'audit_log', position: 'position', columns: ['organisation_id', 'leaf_index', 'record'] },
    target: owner,
    table: 'record_view',
    columns: viewColumns,
    project: (row) => [viewRow(row)],
    checkpoint,
    follow,
  });
  await checkRecords(owner);
  return read;
}
