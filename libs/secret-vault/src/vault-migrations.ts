import { CreateVault1790000001000 } from './migrations/create-vault';
import { CreateMarks1794000000000 } from './migrations/create-marks';
import { IndexFactorSecrets1791000002000 } from './migrations/index-factor-secrets';

/** In order; for the vault's own database. Rights are given by grantVaultRights afterwards. */
export const vaultMigrations = [
  CreateVault1790000001000,
  IndexFactorSecrets1791000002000,
  CreateMarks1794000000000,
] as const;
