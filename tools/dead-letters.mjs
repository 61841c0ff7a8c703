/*
 * `npm run dead-letters -- list | retry ID | discard ID --reason "…"`: for Cofactor as it runs here, or for the service
 * whose database is at DATABASE_URL (or in the file at DATABASE_URL_FILE).
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const messaging = fileURLToPath(new URL('../libs/messaging/dist/index.js', import.meta.url));
if (!existsSync(messaging)) {
  console.error('Cofactor was never started here. Start it with npm start, then try again.');
  process.exit(1);
}
const { runDeadLettersCommand } = createRequire(import.meta.url)(messaging);
const { COFACTOR_HOME, DATABASE_URL, DATABASE_URL_FILE } = process.env;
const databaseUrl = DATABASE_URL_FILE ? readFileSync(DATABASE_URL_FILE, 'utf8').trim() : DATABASE_URL;
const places = databaseUrl ? { databaseUrl } : { home: resolve(COFACTOR_HOME ?? '.cofactor') };
process.exitCode = await runDeadLettersCommand(process.argv.slice(2), places, (line) => console.log(line));
