import { CreateVault1790000001000 } from './migrations/create-vault';

/** In order; for the vault's own database. Rights are given by grantVaultRights afterwards. */
export const vaultMigrations = [CreateVault1790000001000] as const;
