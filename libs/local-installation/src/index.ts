export { EmbeddedPostgresError } from '@cofactor/embedded-postgres';
export { serviceDatabases, type DatabaseRole, type ServiceDatabase } from './database-roles';
export { announce, announceDatabases, makeHome } from './home';
export { openKeys, signers, writePrivately, type Keys, type SignerName } from './keys';
export { startLocalDatabases, type LocalDatabases } from './local-databases';
