export { migrateVault, migrationSettings, runMigrations, runVaultMigrations } from './migrations';
export { ownerUrlOf } from './owner-url';
export { runService, type HostedParts, type HostedService } from './run-service';
export { hashingSettings, hostSettings, type HostSettings } from './settings';
export { runVaultKeysCommand } from './vault-keys';
