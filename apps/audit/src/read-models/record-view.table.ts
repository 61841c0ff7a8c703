import type { AuditRecord } from '../domain/record';

/** The columns by which records are listed and filtered, beside their place in the log. */
const derivedColumns = [
  ['at', 'timestamptz'],
  ['type', 'text'],
  ['outcome', 'text'],
  ['subject_id', 'text'],
  ['actor_id', 'text'],
  ['stream', 'text'],
  ['version', 'integer'],
] as const;

export const derivedNames: readonly string[] = derivedColumns.map(([name]) => name);
export const derivedTypes: readonly string[] = derivedColumns.map(([, type]) => type);

/** The values of those columns, when a record is added and when the view is rebuilt alike. */
export const derivedFrom = ({ at, type, outcome, subject, actor, stream, version }: AuditRecord) =>
  [at, type, outcome, subject.id, actor.id, stream, version] as const;

export const viewColumns: readonly string[] = ['organisation_id', 'leaf_index', ...derivedNames];
