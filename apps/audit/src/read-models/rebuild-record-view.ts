import type { Database } from '@cofactor/event-store';
import { createViewIndexes, createViewTable, viewColumns, viewColumnsFromLog, viewIndexes } from './record-view.table';

/** The log does not hold what it must; the view is left as it was. */
export class RecordsIncomplete extends Error {
  override readonly name = 'RecordsIncomplete';
}

const shadow = 'record_view_shadow';
type Connection = Awaited<ReturnType<Database['connectForBulk']>>;

/**
 * Leaves that were added since the shadow was filled: in each log, those above its last one. Hops from organisation
 * to organisation along the index instead of reading the whole log.
 */
const catchUp = `
  WITH RECURSIVE logs AS (
    SELECT min(organisation_id) AS organisation_id FROM audit_log
    UNION ALL
    SELECT (SELECT min(organisation_id) FROM audit_log l WHERE l.organisation_id > logs.organisation_id)
      FROM logs WHERE organisation_id IS NOT NULL
  ), ends AS (
    SELECT organisation_id, coalesce((SELECT max(leaf_index) FROM ${shadow} s
                                       WHERE s.organisation_id = logs.organisation_id), -1) AS last
      FROM logs WHERE organisation_id IS NOT NULL
  ), added AS (
    SELECT l.organisation_id, l.leaf_index, l.record
      FROM ends JOIN audit_log l ON l.organisation_id = ends.organisation_id AND l.leaf_index > ends.last
  )
  INSERT INTO ${shadow} (${viewColumns}) SELECT ${viewColumnsFromLog} FROM added`;

/** What must hold of the log, each as a count of violations. */
const checks: readonly (readonly [violation: string, sql: string])[] = [
  [
    'logs with a gap in their leaves',
    `SELECT count(*)::int AS found FROM (SELECT FROM audit_log GROUP BY organisation_id
      HAVING min(leaf_index) <> 0 OR max(leaf_index) + 1 <> count(*)) AS gaps`,
  ],
  [
    'leaves that are in the log or in the view alone',
    `SELECT abs((SELECT count(*) FROM audit_log) - (SELECT count(*) FROM ${shadow}))::int AS found`,
  ],
  [
    // Each version of a stream that took effect here has a record, unless an operator discarded it.
    'streams with a fact that has no record',
    `SELECT count(*)::int AS found
       FROM (SELECT stream, sum(version) AS facts FROM inbox WHERE consumer = 'audit' GROUP BY stream) AS taken
       LEFT JOIN (SELECT stream, count(DISTINCT version) AS facts FROM ${shadow} GROUP BY stream) AS recorded
         USING (stream)
       LEFT JOIN (SELECT d.stream, count(*) AS facts FROM dead_letters d
                    JOIN inbox i USING (consumer, source, stream)
                   WHERE d.consumer = 'audit' AND d.state = 'discarded' AND d.version <= i.version
                   GROUP BY d.stream) AS discarded USING (stream)
      WHERE taken.facts > coalesce(recorded.facts, 0) + coalesce(discarded.facts, 0)`,
  ],
];

/** In one snapshot of the log, the inbox and the shadow, without keeping anybody waiting. */
async function check(connection: Connection): Promise<void> {
  await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await connection.query(catchUp);
  for (const [violation, sql] of checks) {
    const { rows } = await connection.query<{ found: number }>(sql);
    const found = rows[0]?.found ?? 0;
    if (found > 0) throw new RecordsIncomplete(`${found} ${violation}`);
  }
  await connection.query('COMMIT');
}

/** Gives the shadow the rights that others have on the view. */
const copyRights = `
  DO $$ DECLARE granted record; BEGIN
    FOR granted IN SELECT a.grantee::regrole AS role, string_agg(a.privilege_type, ', ') AS rights
        FROM pg_class c, aclexplode(c.relacl) a
       WHERE c.oid = 'record_view'::regclass AND a.grantee NOT IN (0, c.relowner) GROUP BY a.grantee
    LOOP EXECUTE format('GRANT %s ON ${shadow} TO %s', granted.rights, granted.role); END LOOP;
  END $$`;

async function swap(connection: Connection): Promise<void> {
  await connection.query('BEGIN');
  // Waits for the batch in work and keeps the next one waiting for a moment; readers go on until the DROP.
  await connection.query('LOCK TABLE audit_log IN SHARE MODE');
  await connection.query(catchUp);
  await connection.query(copyRights);
  await connection.query('DROP TABLE record_view');
  await connection.query(`ALTER TABLE ${shadow} RENAME TO record_view`);
  for (const [suffix] of viewIndexes) {
    await connection.query(`ALTER INDEX ${shadow}_${suffix} RENAME TO record_view_${suffix}`);
  }
  await connection.query('COMMIT');
}

/**
 * Derives the view from the log anew, beside the old one, which answers until the new one takes its place in one
 * commit. The log itself is never rebuilt: the order of its leaves is truth (DESIGN §5 Audit). Throws
 * RecordsIncomplete when the set of records is not complete. `owner` is the database under the role that owns the
 * tables; one rebuild at a time, a second one waits. Answers how many records the view holds.
 */
export async function rebuildRecordView(owner: Database): Promise<number> {
  const connection = await owner.connectForBulk();
  try {
    await connection.query("SELECT pg_advisory_lock(hashtext('rebuild record_view'))");
    await connection.query(`DROP TABLE IF EXISTS ${shadow}`);
    await connection.query(createViewTable(shadow));
    await connection.query(`INSERT INTO ${shadow} (${viewColumns}) SELECT ${viewColumnsFromLog} FROM audit_log`);
    for (const statement of createViewIndexes(shadow)) await connection.query(statement);
    await connection.query(`ANALYZE ${shadow}`);
    await check(connection);
    await swap(connection);
    const { rows } = await connection.query<{ count: string }>('SELECT count(*)::text AS count FROM record_view');
    return Number(rows[0]?.count ?? 0);
  } finally {
    await connection.query('ROLLBACK').catch(() => undefined);
    await connection.query(`DROP TABLE IF EXISTS ${shadow}`).catch(() => undefined);
    await connection.end();
  }
}
