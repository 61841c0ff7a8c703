/* `npm run vault-keys -- rotate | add | promote | finish KIND`: replaces a wrapping key of the vault (docs/operations.md). */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../libs/service-host/dist/index.js', import.meta.url));
if (!existsSync(program)) {
  console.error('Cofactor is not built here. Run npm run build, then try again.');
  process.exit(1);
}
const { runVaultKeysCommand } = createRequire(import.meta.url)(program);
process.exitCode = await runVaultKeysCommand(process.argv.slice(2), process.env, (line) => console.log(line));
