/*
 * `npm run operator -- EMAIL`: makes an operator of the installation that runs here, or of the one whose identity has
 * its databases at DATABASE_URL and VAULT_DATABASE_URL and its key file at COFACTOR_VAULT_KEYS (or in files named by
 * DATABASE_URL_FILE and so on).
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../apps/identity/dist/operator.js', import.meta.url));
if (!existsSync(program)) {
  console.error('Cofactor is not built here. Run npm run build, then try again.');
  process.exit(1);
}
const { runOperatorCommand } = createRequire(import.meta.url)(program);
process.exitCode = await runOperatorCommand(process.argv.slice(2), process.env, (line) => console.log(line));
