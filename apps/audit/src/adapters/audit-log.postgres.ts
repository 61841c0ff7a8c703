import type { Sql } from '@cofactor/event-store';
import { leafOf } from '../domain/leaf';
import type { AuditRecord } from '../domain/record';
import { viewColumns, viewColumnsFromLog } from '../read-models/record-view.table';

/**
 * Adds a batch of records to the logs of their organisations and to the view, in one statement. Each organisation's
 * leaves are numbered from 0 without gaps, in the order given; a record that is in the log already adds nothing.
 * One caller at a time: the consumer holds its offset to the commit. Should two ever meet, the primary key refuses
 * the second, and its facts come again.
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

/** Written once for each batch of facts, in the transaction of its inbox. */
export async function appendToLog(transaction: Sql, records: readonly AuditRecord[]): Promise<void> {
  const once = [...new Map(records.map((record) => [record.recordId, record])).values()];
  const leaves = once.map(leafOf);
  await transaction.query(appendRecords, [
    once.map(({ organisationId }) => organisationId),
    once.map((record) => record.recordId),
    leaves.map(({ hash }) => hash.toString('hex')),
    leaves.map(({ text }) => text),
  ]);
}
