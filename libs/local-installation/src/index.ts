export { afterRestore, backUp, backUpKeys, restore, type RestoreParts } from './backups';
export { EmbeddedPostgresError } from '@cofactor/embedded-postgres';
export { serviceDatabases, type DatabaseRole, type ServiceDatabase } from './database-roles';
export { announce, announceDatabases, makeHome } from './home';
export { keepTombstones } from './keep-tombstones';
export { openKeys, signers, writePrivately, type Keys, type SignerName } from './keys';
export { startLocalDatabases, type LocalDatabases } from './local-databases';
export { TombstoneJournal } from './tombstone-journal';
