import type { Sql } from '@cofactor/event-store';
import type { AuditRecord } from '../domain/record';
import { derivedFrom, derivedNames, derivedTypes } from '../read-models/record-view.table';
import { leafOf } from './leaf';

/**
 * The facts of each service come in transactions of their own; they number the leaves one after the other. Held to
 * the commit, so that positions follow the order of commits too. A statement of its own: the one after it sees all
 * that was committed before the lock was given.
 */
const takeTurn = "SELECT pg_advisory_xact_lock(hashtext('append to audit_log'))";

const names = ['organisation_id', 'record_id', 'leaf_hash', 'record', ...derivedNames];
const types = ['text', 'text', 'bytea', 'text', ...derivedTypes];
const derived = derivedNames.join(', ');

/**
 * Adds records to the logs of their organisations and to the view. Each organisation's leaves are numbered from 0
 * without gaps, in the order given; a record that is in the log already adds nothing. It stays as fast however long
 * the logs are: NOT EXISTS would be planned as a join that reads all of them, and a plan that is kept from when they
 * were short would too.
 */
const appendRecords = `
  WITH given AS (
    SELECT *
      FROM unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})
        WITH ORDINALITY AS g (${names.join(', ')}, nth)
     WHERE (SELECT true FROM audit_log WHERE audit_log.record_id = g.record_id) IS NULL
  ), heads AS (
    SELECT organisation_id,
           coalesce((SELECT max(leaf_index) + 1 FROM audit_log l WHERE l.organisation_id = o.organisation_id), 0) AS next
      FROM (SELECT DISTINCT organisation_id FROM given) AS o
  ), numbered AS (
    SELECT given.*, next + row_number() OVER (PARTITION BY organisation_id ORDER BY nth) - 1 AS leaf_index
      FROM given JOIN heads USING (organisation_id) ORDER BY nth
  ), appended AS (
    INSERT INTO audit_log (organisation_id, leaf_index, record_id, leaf_hash, record)
    SELECT organisation_id, leaf_index, record_id, leaf_hash, record FROM numbered
  )
  INSERT INTO record_view (organisation_id, leaf_index, ${derived})
  SELECT organisation_id, leaf_index, ${derived} FROM numbered`;

/** One statement for all records of a batch of facts, in the transaction of its inbox. */
export async function appendToLog(transaction: Sql, records: readonly AuditRecord[]): Promise<void> {
  const once = [...new Map(records.map((record) => [record.recordId, record])).values()];
  const leaves = once.map(leafOf);
  const views = once.map(derivedFrom);
  const columns: readonly (readonly unknown[])[] = [
    once.map(({ organisationId }) => organisationId),
    once.map(({ recordId }) => recordId),
    leaves.map(({ hash }) => hash),
    leaves.map(({ text }) => text),
    ...derivedNames.map((_name, index) => views.map((values) => values[index])),
  ];
  // One after the other on the connection, in one round trip.
  await Promise.all([transaction.query(takeTurn), transaction.query(appendRecords, columns)]);
}
