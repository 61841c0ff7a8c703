/* `npm run migrate -- SERVICE | vault`: brings one database up to date, under MIGRATIONS_DATABASE_URL (docs/operations.md). */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const services = ['identity', 'factor-enrollment', 'challenge', 'notification', 'audit'];
const [name, ...rest] = process.argv.slice(2);
if (rest.length > 0 || !(name === 'vault' || services.includes(name))) {
  console.error(`npm run migrate -- ${services.join(' | ')} | vault`);
  process.exit(1);
}
const path = name === 'vault' ? 'libs/service-host/dist/migrate-vault.js' : `apps/${name}/dist/migrate.js`;
const program = fileURLToPath(new URL(`../${path}`, import.meta.url));
if (!existsSync(program)) {
  console.error('Cofactor is not built here. Run npm run build, then try again.');
  process.exit(1);
}
createRequire(import.meta.url)(program);
