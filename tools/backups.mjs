/*
 * `npm run backup -- FOLDER`, `npm run restore -- FOLDER`, `npm run after-restore`: the databases of the installation on
 * this machine, while it is stopped (docs/operations.md).
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../apps/standalone/dist/backups.js', import.meta.url));
if (!existsSync(program)) {
  console.error('Cofactor is not built here. Run npm run build, then try again.');
  process.exit(1);
}
const { runBackupCommand } = createRequire(import.meta.url)(program);
process.exitCode = await runBackupCommand(process.argv.slice(2), process.env, (line) => console.log(line));
