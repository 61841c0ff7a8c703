/**
 * The columns by which records are listed and filtered. They are derived from the log and nothing else, by the same
 * expression when a record is added and when the view is rebuilt.
 */
export const viewColumns = 'organisation_id, leaf_index, at, type, outcome, subject_id, actor_id, stream, version';

/** `viewColumns` of rows that hold organisation_id, leaf_index and the record's JSON text. */
export const viewColumnsFromLog = `
  organisation_id, leaf_index, (record::json ->> 'at')::timestamptz, record::json ->> 'type',
  record::json ->> 'outcome', record::json -> 'subject' ->> 'id', record::json -> 'actor' ->> 'id',
  record::json ->> 'stream', (record::json ->> 'version')::integer`;

export const createViewTable = (table: string): string => `
  CREATE TABLE ${table} (
    organisation_id text NOT NULL,
    leaf_index bigint NOT NULL,
    at timestamptz NOT NULL,
    type text NOT NULL,
    outcome text NOT NULL,
    subject_id text NOT NULL,
    actor_id text NOT NULL,
    stream text NOT NULL,
    version integer NOT NULL
  )`;

/** Each serves one filter, newest first. */
export const viewIndexes: readonly (readonly [suffix: string, columns: string])[] = [
  ['leaf', 'organisation_id, leaf_index'],
  ['type', 'organisation_id, type, leaf_index'],
  ['subject', 'organisation_id, subject_id, leaf_index'],
  ['actor', 'organisation_id, actor_id, leaf_index'],
  ['at', 'organisation_id, at'],
];

export const createViewIndexes = (table: string): readonly string[] =>
  viewIndexes.map(([suffix, columns]) => {
    const unique = suffix === 'leaf' ? 'UNIQUE ' : '';
    return `CREATE ${unique}INDEX ${table}_${suffix} ON ${table} (${columns})`;
  });
