import { DatabaseError } from 'pg';

/**
 * Something that runs SQL: a database (each statement commits by itself) or a transaction. bigint comes back as a
 * number, timestamptz as RFC 3339 text with milliseconds, jsonb as the value. Parameters are `$1`, `$2` …; give JSON
 * as text; each connection prepares a statement with parameters once. The caller names the shape of the rows that its own
 * SQL returns.
 */
export interface Sql {
  query<Row>(statement: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/**
 * Whether PostgreSQL refused the statement and rolled its transaction back for certain. Anything else (a connection
 * that broke, a server that shut down, no answer in time) leaves open what happened to it.
 */
export const isRefusedByDatabase = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError && error.severity === 'ERROR';

/** Whether a unique constraint or index refused a row; that of this name, where one is given (SQLSTATE 23505). */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  isRefusedByDatabase(error) && error.code === '23505' && (constraint === undefined || error.constraint === constraint);

/** Whether the check constraint of this name refused a row (SQLSTATE 23514). */
export const isCheckViolation = (error: unknown, constraint: string): boolean =>
  isRefusedByDatabase(error) && error.code === '23514' && error.constraint === constraint;

/** Whether the foreign key of this name refused a row (SQLSTATE 23503). */
export const isForeignKeyViolation = (error: unknown, constraint: string): boolean =>
  isRefusedByDatabase(error) && error.code === '23503' && error.constraint === constraint;
