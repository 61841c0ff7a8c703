export { AppendOutcomeUnknown } from './append-errors';
export { CommitOutcomeUnknown, ConnectionLost, DatabaseUnreachable } from './database-errors';
export { Database, type DatabaseOptions } from './database';
export { eventStoreMigrations } from './event-store-migrations';
export { grantToApplication, migrate, type MigrateOptions, type Migration } from './migrate';
export { PostgresEventStore, type PostgresEventStoreOptions } from './postgres-event-store';
export { PostgresFactLog } from './postgres-fact-log';
export { isUniqueViolation, type PreparedStatement, type Sql, type Statement } from './sql';
