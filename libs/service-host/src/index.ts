export {
  migrateVault,
  migrationSettings,
  runAllMigrations,
  runMigrations,
  runVaultMigrations,
  type MigratedUrls,
} from './migrations';
export { ownerUrlOf } from './owner-url';
export { runService, type HostedParts, type HostedService } from './run-service';
export { hashingSettings, hostSettings, type HostSettings } from './settings';
export { runVaultKeysCommand } from './vault-keys';
export { destroyingLogs, destroysInSql } from './restored/destructions';
export { prepareRestored } from './restored/prepare-restored';
export { afterRestoreSettings } from './restored/after-restore';
