/* `npm run rebuild -- audit`: makes a read model anew from its log, while the old one answers (docs/operations.md). */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

if (process.argv.slice(2).join(' ') !== 'audit') {
  console.error('npm run rebuild -- audit');
  process.exit(1);
}
const program = fileURLToPath(new URL('../apps/audit/dist/rebuild.js', import.meta.url));
if (!existsSync(program)) {
  console.error('Cofactor is not built here. Run npm run build, then try again.');
  process.exit(1);
}
createRequire(import.meta.url)(program);
