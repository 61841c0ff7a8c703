import type { Sql } from '@cofactor/event-store';
import { leafOf } from '../domain/leaf';
import type { AuditRecord } from '../domain/record';
import { viewColumns, viewColumnsFromLog } from '../read-models/record-view.table';

/**
 * The facts of each service come in transactions of their own; they number the leaves one after the other. Held to
 * the commit. A statement of its own: the one after it sees all that was committed before the lock was given.
 */
const takeTurn = "SELECT pg_advisory_xact_lock(hashtext('append to audit_log'))";

/**
 * Adds records to the logs of their organisations and to the view. Each organisation's leaves are numbered from 0
 * without gaps, in the order given; a record that is in the log already adds nothing.
 *
 * Not prepared by name: parsing locks audit_log before record_view, the order that a rebuild takes them in.
 */
const appendRecords = `
  WITH given AS (
    SELECT organisation_id, record_id, leaf_hash, record, nth
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
        WITH ORDINALITY AS g (organisation_id, record_id, leaf_hash, record, nth)
     WHERE NOT EXISTS (SELECT FROM audit_log WHERE audit_log.record_id = g.record_id)
  ), heads AS (
    SELECT organisation_id,
           coalesce((SELECT max(leaf_index) + 1 FROM audit_log l WHERE l.organisation_id = o.organisation_id), 0) AS next
      FROM (SELECT DISTINCT organisation_id FROM given) AS o
  ), appended AS (
    INSERT INTO audit_log (organisation_id, leaf_index, record_id, leaf_hash, record)
    SELECT organisation_id, next + row_number() OVER (PARTITION BY organisation_id ORDER BY nth) - 1,
           record_id, decode(leaf_hash, 'hex'), record
      FROM given JOIN heads USING (organisation_id)
    RETURNING organisation_id, leaf_index, record
  )
  INSERT INTO record_view (${viewColumns}) SELECT ${viewColumnsFromLog} FROM appended`;

/** One statement for all records of a batch of facts, in the transaction of its inbox. */
export async function appendToLog(transaction: Sql, records: readonly AuditRecord[]): Promise<void> {
  const once = [...new Map(records.map((record) => [record.recordId, record])).values()];
  const leaves = once.map(leafOf);
  const columns = [
    once.map(({ organisationId }) => organisationId),
    once.map((record) => record.recordId),
    leaves.map(({ hash }) => hash.toString('hex')),
    leaves.map(({ text }) => text),
  ];
  // One after the other on the connection, in one round trip.
  await Promise.all([transaction.query(takeTurn), transaction.query(appendRecords, columns)]);
}
