/*
 * `npm run backup -- FOLDER`, `npm run restore -- FOLDER`, `npm run after-restore`: the databases of the installation on
 * this machine, while it is stopped (docs/operations.md). Where VAULT_MIGRATIONS_DATABASE_URL is set, after-restore is
 * that of production.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { VAULT_MIGRATIONS_DATABASE_URL: vault, VAULT_MIGRATIONS_DATABASE_URL_FILE: vaultFile } = process.env;
const isProduction = process.argv[2] === 'after-restore' && Boolean(vault ?? vaultFile);
const path = isProduction ? 'libs/service-host/dist/after-restore.js' : 'apps/standalone/dist/backups.js';
const program = fileURLToPath(new URL(`../${path}`, import.meta.url));
if (!existsSync(program)) {
  console.error('Cofactor is not built here. Run npm run build, then try again.');
  process.exit(1);
}
if (isProduction) process.argv.splice(2, 1);
const { runBackupCommand } = createRequire(import.meta.url)(program);
if (!isProduction)
  process.exitCode = await runBackupCommand(process.argv.slice(2), process.env, (line) => console.log(line));
