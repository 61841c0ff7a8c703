export { binariesVersion } from './binaries';
export { copyInCluster, copyOutCluster } from './cluster-copies';
export { CLUSTER, SUPERUSER } from './data-folder';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres';
export { EmbeddedPostgresError } from './embedded-postgres-error';
